-- Types: changes that write the table anew, and those that only look so; collations; narrower types.

-- case: integer to bigint
-- dangerous: change-type-rewrites
-- why: the table and its indexes are written anew under ACCESS EXCLUSIVE.
ALTER TABLE products ALTER COLUMN stock TYPE bigint;

-- case: text to jsonb
-- dangerous: change-type-rewrites
-- why: each value is parsed and written anew.
ALTER TABLE customers ALTER COLUMN avatar TYPE jsonb USING avatar::jsonb;

-- case: json to jsonb
-- dangerous: change-type-rewrites
-- why: they are stored in different ways.
ALTER TABLE customers ALTER COLUMN settings SET DATA TYPE jsonb;

-- case: more digits behind the point
-- dangerous: change-type-rewrites
-- why: another scale writes each value anew.
ALTER TABLE orders ADD COLUMN tax numeric(10, 2);
-- next file
ALTER TABLE orders ALTER COLUMN tax TYPE numeric(12, 4);

-- case: timestamp to timestamptz in another time zone than UTC
-- dangerous: change-type-rewrites
-- why: each value is shifted, so the table is written anew.
SET timezone = 'Europe/Berlin';
ALTER TABLE customers ALTER COLUMN last_login TYPE timestamptz;

-- case: timestamp to timestamptz by AT TIME ZONE
-- dangerous: change-type-rewrites
-- why: the expression is computed for each row, so the table is written anew, even under UTC.
ALTER TABLE customers ALTER COLUMN last_login TYPE timestamptz USING last_login AT TIME ZONE 'UTC';

-- case: char to text
-- dangerous: change-type-rewrites
-- why: the blanks at the end are cut off, so each value is written anew.
ALTER TABLE customers ALTER COLUMN country TYPE text;

-- case: enum to text
-- dangerous: change-type-rewrites
-- why: an enum is stored as a number, a text as its letters.
ALTER TABLE customers ALTER COLUMN mood TYPE text USING mood::text;

-- case: text to a domain with a check
-- dangerous: change-type-rewrites | check-validates
-- why: each value is proven under ACCESS EXCLUSIVE.
ALTER TABLE customers ALTER COLUMN name TYPE email_address;

-- case: same type with a USING that computes
-- dangerous: change-type-rewrites
-- why: the type stays, but each value is computed and written anew.
ALTER TABLE customers ALTER COLUMN name TYPE text USING trim(name);

-- case: type of a partitioned table
-- dangerous: change-type-rewrites
-- why: each partition is written anew, all under ACCESS EXCLUSIVE.
ALTER TABLE readings ALTER COLUMN value TYPE bigint;

-- case: longer varchar
-- look-alike: change-type-rewrites
-- why: a higher limit changes the catalog alone.
ALTER TABLE customers ALTER COLUMN phone TYPE varchar(50);

-- case: varchar to text under an index
-- look-alike: change-type-rewrites
-- why: they are stored alike and compared alike: neither table nor index is written.
ALTER TABLE customers ALTER COLUMN email TYPE text;

-- case: text to varchar without a limit
-- look-alike: change-type-rewrites
-- why: they are stored alike and there is no limit to check.
ALTER TABLE customers ALTER COLUMN avatar TYPE varchar;

-- case: more digits before the point
-- look-alike: change-type-rewrites
-- why: a higher precision with the same scale changes the catalog alone.
ALTER TABLE products ALTER COLUMN price TYPE numeric(14, 2);

-- case: numeric without a limit
-- look-alike: change-type-rewrites
-- why: taking the limit away changes the catalog alone.
ALTER TABLE products ALTER COLUMN price TYPE numeric;

-- case: timestamp to timestamptz under UTC
-- look-alike: change-type-rewrites
-- why: from PostgreSQL 12 on nothing is written where the session's time zone is UTC.
SET timezone = 'UTC';
ALTER TABLE customers ALTER COLUMN last_login TYPE timestamptz;

-- case: finer timestamptz
-- look-alike: change-type-rewrites
-- why: taking the limit of the fraction away changes the catalog alone.
ALTER TABLE customers ALTER COLUMN verified_at TYPE timestamptz;

-- case: cidr to inet
-- look-alike: change-type-rewrites
-- why: they are stored alike.
ALTER TABLE products ALTER COLUMN network TYPE inet;

-- case: text to a domain without a check
-- look-alike: change-type-rewrites
-- why: a domain of the same type without constraints is stored alike, and there is nothing to prove.
ALTER TABLE customers ALTER COLUMN phone TYPE short_name;

-- case: same type once more
-- look-alike: change-type-rewrites
-- why: nothing changes.
ALTER TABLE products ALTER COLUMN stock TYPE int4;

-- case: USING that only names the cast
-- look-alike: change-type-rewrites
-- why: phone::text is the cast that would be made anyway.
ALTER TABLE customers ALTER COLUMN phone TYPE text USING phone::text;

-- case: longer varchar of a partitioned table
-- look-alike: change-type-rewrites
-- why: a higher limit changes the catalog alone, of the partitions too.
ALTER TABLE readings ALTER COLUMN label TYPE varchar(60);

-- case: type of a new table
-- look-alike: change-type-rewrites
-- why: it has no rows.
BEGIN;
CREATE TABLE vouchers (id integer PRIMARY KEY, code text);
ALTER TABLE vouchers ALTER COLUMN id TYPE bigint;
COMMIT;

-- case: other collation of an indexed column
-- dangerous: alter-collation
-- why: the index is built anew under ACCESS EXCLUSIVE.
ALTER TABLE customers ALTER COLUMN name TYPE text COLLATE "C";

-- case: other collation and another type of an indexed column
-- dangerous: alter-collation
-- why: varchar to text alone would be free; the collation builds the index anew.
ALTER TABLE customers ALTER COLUMN phone TYPE text COLLATE "C";

-- case: other collation without an index
-- look-alike: alter-collation
-- why: the collation is a word in the catalog; without an index nothing is built or read.
ALTER TABLE customers ALTER COLUMN avatar TYPE text COLLATE "C";

-- case: index with another collation
-- safe: alter-collation
-- why: the column stays, and the index is built CONCURRENTLY.
CREATE INDEX CONCURRENTLY customers_name_c_idx ON customers (name COLLATE "C");

-- case: new column with a collation
-- look-alike: alter-collation
-- why: the catalog alone changes.
ALTER TABLE customers ADD COLUMN family_name text COLLATE "C";

-- case: shorter varchar
-- dangerous: lossy-type-change | change-type-rewrites
-- why: a longer value makes it fail, and each row is read for that.
ALTER TABLE customers ALTER COLUMN email TYPE varchar(40);

-- case: text gets a limit
-- dangerous: lossy-type-change | change-type-rewrites
-- why: a longer value makes it fail, and running code that writes one fails from then on.
ALTER TABLE customers ALTER COLUMN name TYPE varchar(80);

-- case: timestamptz to date
-- dangerous: lossy-type-change | change-type-rewrites
-- why: the time of day is gone for good.
ALTER TABLE audit_log ALTER COLUMN happened_at TYPE date;

-- case: double to integer
-- dangerous: lossy-type-change | change-type-rewrites
-- why: what stands behind the point is rounded silently.
ALTER TABLE products ALTER COLUMN weight TYPE integer;

-- case: cut by USING
-- dangerous: lossy-type-change | change-type-rewrites
-- why: a cast to varchar(40) in USING cuts silently what is longer.
ALTER TABLE customers ALTER COLUMN email TYPE varchar(40) USING email::varchar(40);

-- case: longer text to text
-- look-alike: lossy-type-change
-- why: varchar(20) fits into varchar(64).
ALTER TABLE orders ALTER COLUMN coupon TYPE character varying(64);
