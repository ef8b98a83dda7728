-- New columns, and what becomes of them: NOT NULL, defaults, generated, serial and identity columns.

-- case: required column without a default
-- dangerous: add-required-column
-- why: it fails where there are rows, and breaks each INSERT of the running release.
ALTER TABLE customers ADD COLUMN locale text NOT NULL;

-- case: required column with a default of NULL
-- dangerous: add-required-column
-- why: DEFAULT NULL is no default.
ALTER TABLE "Accounts" ADD COLUMN "Locale" text DEFAULT NULL NOT NULL;

-- case: required column with a constant default
-- look-alike: add-required-column
-- why: from PostgreSQL 11 on a constant default is kept in the catalog; no row is written.
ALTER TABLE customers ADD COLUMN locale text NOT NULL DEFAULT 'en';

-- case: several columns at once
-- safe: add-required-column
-- why: nullable, or with constant defaults: the catalog alone changes.
ALTER TABLE customers
    ADD COLUMN birthday date,
    ADD COLUMN flags jsonb NOT NULL DEFAULT '{}'::jsonb,
    ADD COLUMN labels text[] NOT NULL DEFAULT ARRAY[]::text[];

-- case: required column of a new table
-- look-alike: add-required-column
-- why: it has no rows.
BEGIN;
CREATE TABLE vouchers (id bigint PRIMARY KEY);
ALTER TABLE vouchers ADD COLUMN code text NOT NULL;
COMMIT;

-- case: column if not exists
-- safe: add-required-column
-- why: a nullable column changes the catalog alone.
ALTER TABLE IF EXISTS customers ADD COLUMN IF NOT EXISTS locale text;

-- case: column with a random default
-- dangerous: volatile-default-rewrites
-- why: each row gets a value of its own, so the table is written anew under ACCESS EXCLUSIVE.
ALTER TABLE customers ADD COLUMN public_id uuid DEFAULT gen_random_uuid();

-- case: column with the clock as default
-- dangerous: volatile-default-rewrites
-- why: clock_timestamp() is volatile, unlike now(): the table is written anew.
ALTER TABLE customers ADD COLUMN seen_at timestamptz NOT NULL DEFAULT clock_timestamp();

-- case: column whose default calls a function of our own
-- dangerous: volatile-default-rewrites
-- why: the function is VOLATILE: the table is written anew.
ALTER TABLE customers ADD COLUMN referral_code text DEFAULT new_code();

-- case: column of a domain that has a check
-- dangerous: constrained-domain-rewrites | volatile-default-rewrites | check-validates
-- why: PostgreSQL proves the CHECK of the domain for each row, and for that writes the table anew.
ALTER TABLE customers ADD COLUMN second_email email_address;

-- case: required column of a domain that has a check and a default
-- dangerous: constrained-domain-rewrites | volatile-default-rewrites
-- why: a constant default spares the rewrite, but not where the type is a domain with a CHECK.
ALTER TABLE orders ADD COLUMN contact email_address NOT NULL DEFAULT 'nobody@shop.example';

-- case: column with now as default
-- look-alike: volatile-default-rewrites
-- why: now() is stable: it is evaluated once, and the value is kept in the catalog.
ALTER TABLE customers ADD COLUMN joined_at timestamptz NOT NULL DEFAULT now();

-- case: column with the current date as default
-- look-alike: volatile-default-rewrites
-- why: CURRENT_DATE is stable.
ALTER TABLE orders ADD COLUMN booked_on date DEFAULT CURRENT_DATE;

-- case: column whose default calls an immutable function
-- look-alike: volatile-default-rewrites
-- why: the function is IMMUTABLE: evaluated once, kept in the catalog.
ALTER TABLE orders ADD COLUMN currency text NOT NULL DEFAULT shop_currency();

-- case: column of a domain without a check
-- look-alike: constrained-domain-rewrites | volatile-default-rewrites
-- why: a domain without constraints is its type by another name.
ALTER TABLE customers ADD COLUMN second_name short_name;

-- case: random default for later rows
-- safe: volatile-default-rewrites
-- why: SET DEFAULT is about later rows alone; no row is written.
ALTER TABLE customers ADD COLUMN public_id uuid;
-- next file
ALTER TABLE customers ALTER COLUMN public_id SET DEFAULT gen_random_uuid();

-- case: column with an expression of constants as default
-- look-alike: volatile-default-rewrites
-- why: nothing in it is volatile.
ALTER TABLE orders ADD COLUMN expires_at timestamptz DEFAULT (now() + interval '30 days');

-- case: stored generated column
-- dangerous: generated-column-rewrites
-- why: each row gets its value, so the table is written anew under ACCESS EXCLUSIVE.
ALTER TABLE customers ADD COLUMN email_lower text GENERATED ALWAYS AS (lower(email)) STORED;

-- case: new expression of a stored generated column
-- dangerous: generated-column-rewrites
-- why: each row gets a new value, so the table is written anew.
-- from: 17
ALTER TABLE orders ALTER COLUMN total_in_cents SET EXPRESSION AS ((total * 1000)::bigint);

-- case: virtual generated column
-- look-alike: generated-column-rewrites
-- why: a virtual column is computed when it is read.
-- from: 18
ALTER TABLE customers ADD COLUMN email_lower text GENERATED ALWAYS AS (lower(email)) VIRTUAL;

-- case: stored generated column of a new table
-- look-alike: generated-column-rewrites
-- why: it has no rows.
CREATE TABLE boxes (a integer, b integer, volume integer GENERATED ALWAYS AS (a * b) STORED);

-- case: generated column that becomes a plain one
-- dangerous: drop-default
-- why: the values stay and nothing is written, but INSERTs of the running release leave the column out: NULL from now on.
ALTER TABLE orders ALTER COLUMN total_in_cents DROP EXPRESSION;

-- case: new serial column
-- dangerous: serial-column-rewrites
-- why: each row takes a number, so the table is written anew under ACCESS EXCLUSIVE.
ALTER TABLE billing.invoices ADD COLUMN running_number bigserial;

-- case: new serial column as a key
-- dangerous: serial-column-rewrites | primary-key-builds-index
-- why: the table is written anew, and its index is built, under ACCESS EXCLUSIVE.
ALTER TABLE bookings ADD COLUMN id serial PRIMARY KEY;

-- case: numbers for later rows
-- look-alike: serial-column-rewrites
-- why: a column without a default and then SET DEFAULT: no row is written.
ALTER TABLE billing.invoices ADD COLUMN running_number bigint;
-- next file
ALTER TABLE billing.invoices ALTER COLUMN running_number SET DEFAULT nextval('receipt_numbers');

-- case: serial column of a new table
-- look-alike: serial-column-rewrites
-- why: it has no rows.
CREATE TABLE vouchers (id bigserial PRIMARY KEY, code text NOT NULL);

-- case: new identity column
-- dangerous: identity-column-rewrites
-- why: each row takes a number, so the table is written anew under ACCESS EXCLUSIVE.
ALTER TABLE bookings ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY;

-- case: new identity column by default
-- dangerous: identity-column-rewrites
-- why: BY DEFAULT or ALWAYS, the rows that are there are numbered.
ALTER TABLE legacy.imports ADD COLUMN row_number integer GENERATED BY DEFAULT AS IDENTITY (START WITH 1000);

-- case: column that becomes an identity column always
-- dangerous: identity-rejects-inserts
-- why: INSERTs of the running release that give it a value fail: ALWAYS refuses it.
ALTER TABLE billing.invoices ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY;

-- case: column that becomes an identity column
-- look-alike: identity-rejects-inserts | identity-column-rewrites
-- why: the values stay; later rows alone take numbers.
ALTER TABLE billing.invoices ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;

-- case: required column whose default goes at once
-- dangerous: add-not-null-without-default
-- why: the running release does not name the column, and its INSERTs fail without the default.
BEGIN;
ALTER TABLE customers ADD COLUMN locale text NOT NULL DEFAULT 'en';
ALTER TABLE customers ALTER COLUMN locale DROP DEFAULT;
COMMIT;

-- case: new column that becomes required
-- dangerous: add-not-null-without-default | set-not-null-scans
-- why: the running release does not name the column, and its INSERTs fail.
BEGIN;
ALTER TABLE settings ADD COLUMN owner text;
UPDATE settings SET owner = 'shop' WHERE key = 'name';
ALTER TABLE settings ALTER COLUMN owner SET NOT NULL;
COMMIT;

-- case: nullable column whose default goes at once
-- look-alike: add-not-null-without-default
-- why: the older rows keep the value; INSERTs that leave the column out write NULL.
BEGIN;
ALTER TABLE customers ADD COLUMN locale text DEFAULT 'en';
ALTER TABLE customers ALTER COLUMN locale DROP DEFAULT;
COMMIT;

-- case: required column whose default changes
-- look-alike: add-not-null-without-default
-- why: there is a default at each moment.
BEGIN;
ALTER TABLE customers ADD COLUMN locale text NOT NULL DEFAULT 'en';
ALTER TABLE customers ALTER COLUMN locale SET DEFAULT 'de';
COMMIT;

-- case: drop default of a required column
-- dangerous: drop-default
-- why: INSERTs that leave it out fail from then on.
ALTER TABLE customers ALTER COLUMN tier DROP DEFAULT;

-- case: drop default of a nullable column
-- dangerous: drop-default
-- why: INSERTs that leave it out write NULL in its place.
ALTER TABLE customers ALTER COLUMN nickname DROP DEFAULT;

-- case: another default
-- safe: drop-default
-- why: INSERTs that leave the column out go on working.
ALTER TABLE customers ALTER COLUMN tier SET DEFAULT 'free';

-- case: drop default where there is none
-- look-alike: drop-default
-- why: nothing changes.
ALTER TABLE customers ALTER COLUMN name DROP DEFAULT;

-- case: drop not null
-- dangerous: drop-not-null
-- why: the running release reads NULL where there never was one.
ALTER TABLE customers ALTER COLUMN email DROP NOT NULL;

-- case: drop not null of two columns
-- dangerous: drop-not-null
-- why: the running release reads NULL where there never was one.
ALTER TABLE products ALTER COLUMN title DROP NOT NULL, ALTER COLUMN stock DROP NOT NULL;

-- case: drop not null where NULL was allowed
-- look-alike: drop-not-null
-- why: nothing changes.
ALTER TABLE customers ALTER COLUMN name DROP NOT NULL;
