-- Constraints: foreign keys, CHECK, NOT NULL, UNIQUE, primary keys, EXCLUDE.

-- case: foreign key at once
-- dangerous: foreign-key-validates
-- why: SHARE ROW EXCLUSIVE on both tables while each row is looked up.
ALTER TABLE billing.invoices ADD CONSTRAINT invoices_order_fk FOREIGN KEY (order_id) REFERENCES orders (id);

-- case: new column with a default that refers to another table
-- dangerous: foreign-key-validates
-- why: with a default every row has a value to look up, so all are read.
ALTER TABLE orders ADD COLUMN warehouse_id integer DEFAULT 1 REFERENCES products (id);

-- case: foreign key to the table itself
-- dangerous: foreign-key-validates
-- why: the table is read and locked against writes like any other.
ALTER TABLE customers ADD COLUMN invited_by bigint;
ALTER TABLE customers ADD CONSTRAINT customers_invited_fk FOREIGN KEY (invited_by) REFERENCES customers;

-- case: foreign key not valid, then validated in the next file
-- safe: foreign-key-validates
-- why: NOT VALID reads no row; VALIDATE reads them under SHARE UPDATE EXCLUSIVE, which lets writes through.
ALTER TABLE billing.invoices ADD CONSTRAINT invoices_order_fk FOREIGN KEY (order_id) REFERENCES orders NOT VALID;
-- next file
ALTER TABLE billing.invoices VALIDATE CONSTRAINT invoices_order_fk;

-- case: new nullable column that refers to another table
-- look-alike: foreign-key-validates
-- why: all its values are NULL, so nothing is looked up and no row is read.
ALTER TABLE billing.invoices ADD COLUMN customer_id bigint REFERENCES customers (id);

-- case: foreign key of a new table
-- look-alike: foreign-key-validates
-- why: the new table is empty; the one that it refers to is locked against writes for a moment alone.
CREATE TABLE refunds (id bigint PRIMARY KEY, order_id bigint NOT NULL REFERENCES orders (id) ON DELETE CASCADE);

-- case: check at once
-- dangerous: check-validates
-- why: every row is read under ACCESS EXCLUSIVE.
ALTER TABLE orders ADD CONSTRAINT total_not_negative CHECK (total >= 0);

-- case: check that comes with a new column
-- dangerous: check-validates
-- why: all rows have NULL there, and PostgreSQL reads them to see that nevertheless.
ALTER TABLE orders ADD COLUMN discount numeric(10, 2) CHECK (discount >= 0);

-- case: check added to a domain
-- dangerous: domain-constraint-validates | check-validates
-- why: every table with a column of the domain is read, locked against writes (SHARE) until all are done.
ALTER DOMAIN short_name ADD CONSTRAINT not_blank CHECK (VALUE <> '');

-- case: validate a check of a domain
-- dangerous: domain-constraint-validates | check-validates
-- why: unlike that of a table, VALIDATE of a domain locks each table against writes (SHARE) while it reads it.
ALTER DOMAIN short_name ADD CONSTRAINT not_blank CHECK (VALUE <> '') NOT VALID;
-- next file
ALTER DOMAIN short_name VALIDATE CONSTRAINT not_blank;

-- case: domain becomes required
-- dangerous: domain-constraint-validates | set-not-null-scans
-- why: every table with a column of the domain is read, locked against writes (SHARE) until all are done.
ALTER DOMAIN email_address SET NOT NULL;

-- case: check of a domain not valid
-- look-alike: domain-constraint-validates
-- why: NOT VALID reads no table, and locks none.
ALTER DOMAIN short_name ADD CONSTRAINT not_blank CHECK (VALUE <> '') NOT VALID;

-- case: check not valid
-- safe: check-validates
-- why: NOT VALID reads no row.
ALTER TABLE orders ADD CONSTRAINT total_not_negative CHECK (total >= 0) NOT VALID;

-- case: validate by itself
-- look-alike: check-validates
-- why: VALIDATE reads the rows under SHARE UPDATE EXCLUSIVE, which lets reads and writes through.
ALTER TABLE orders VALIDATE CONSTRAINT quantity_positive;

-- case: check not valid and validate, each by itself
-- look-alike: validate-in-same-transaction
-- why: psql commits after each statement, so the first lock is gone when the rows are read.
ALTER TABLE orders ADD CONSTRAINT total_not_negative CHECK (total >= 0) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT total_not_negative;

-- case: check on a new domain
-- look-alike: check-validates
-- why: no column has the domain yet.
CREATE DOMAIN positive_amount AS numeric(10, 2) CONSTRAINT positive CHECK (VALUE > 0);

-- case: check not valid and validate in one transaction
-- dangerous: validate-in-same-transaction
-- why: the ACCESS EXCLUSIVE of ADD CONSTRAINT is held while VALIDATE reads the rows.
BEGIN;
ALTER TABLE orders ADD CONSTRAINT total_not_negative CHECK (total >= 0) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT total_not_negative;
COMMIT;

-- case: foreign key not valid and validate in one transaction
-- dangerous: validate-in-same-transaction
-- why: the SHARE ROW EXCLUSIVE of ADD CONSTRAINT is held on both tables while VALIDATE reads the rows.
BEGIN;
SET LOCAL lock_timeout = '2s';
ALTER TABLE billing.invoices ADD CONSTRAINT invoices_order_fk FOREIGN KEY (order_id) REFERENCES orders NOT VALID;
ALTER TABLE billing.invoices VALIDATE CONSTRAINT invoices_order_fk;
COMMIT;

-- case: unique constraint
-- dangerous: unique-constraint-builds-index
-- why: its index is built under ACCESS EXCLUSIVE.
ALTER TABLE billing.invoices ADD CONSTRAINT invoices_number_key UNIQUE (number);

-- case: new column that is unique
-- dangerous: unique-constraint-builds-index
-- why: every row is read for the index, although all are NULL there, under ACCESS EXCLUSIVE.
ALTER TABLE customers ADD COLUMN referral_code text UNIQUE;

-- case: unique constraint from an index
-- safe: unique-constraint-builds-index
-- why: the index is built CONCURRENTLY; the constraint takes it over at once.
CREATE UNIQUE INDEX CONCURRENTLY invoices_number_key ON billing.invoices (number);
ALTER TABLE billing.invoices ADD CONSTRAINT invoices_number_key UNIQUE USING INDEX invoices_number_key;

-- case: unique constraint of a new table
-- look-alike: unique-constraint-builds-index
-- why: there is nothing to index.
BEGIN;
CREATE TABLE vouchers (id bigint PRIMARY KEY, code text NOT NULL);
ALTER TABLE vouchers ADD CONSTRAINT vouchers_code_key UNIQUE (code);
COMMIT;

-- case: primary key
-- dangerous: primary-key-builds-index
-- why: its index is built under ACCESS EXCLUSIVE.
ALTER TABLE billing.invoices ADD PRIMARY KEY (id);

-- case: primary key over nullable column
-- dangerous: primary-key-builds-index
-- why: every row is read for NOT NULL and for the index, under ACCESS EXCLUSIVE.
ALTER TABLE legacy.imports ADD CONSTRAINT imports_pkey PRIMARY KEY (id);

-- case: primary key from an index over a NOT NULL column
-- safe: primary-key-builds-index
-- why: the index is there and the column is NOT NULL already: no row is read.
ALTER TABLE billing.invoices ADD CONSTRAINT invoices_pkey PRIMARY KEY USING INDEX invoices_id_key;

-- case: primary key of a new table
-- look-alike: primary-key-builds-index
-- why: there is nothing to index.
BEGIN;
CREATE TABLE vouchers (id bigint NOT NULL, code text NOT NULL);
ALTER TABLE vouchers ADD PRIMARY KEY (id);
COMMIT;

-- case: exclusion constraint
-- dangerous: exclusion-constraint
-- why: its index is built under ACCESS EXCLUSIVE, and there is no online form.
ALTER TABLE bookings ADD CONSTRAINT one_at_a_time EXCLUDE USING gist (during WITH &&) DEFERRABLE;

-- case: exclusion constraint with a WHERE
-- dangerous: exclusion-constraint
-- why: a WHERE makes the index smaller, not the reading of the table.
ALTER TABLE billing.invoices ADD EXCLUDE USING gist (period WITH &&) WHERE (NOT paid);

-- case: exclusion constraint of a new table
-- look-alike: exclusion-constraint
-- why: there is nothing to index.
CREATE TABLE rentals (car integer NOT NULL, during tsrange NOT NULL, EXCLUDE USING gist (during WITH &&));

-- case: set not null
-- dangerous: set-not-null-scans
-- why: every row is read under ACCESS EXCLUSIVE.
ALTER TABLE orders ALTER COLUMN note SET NOT NULL;

-- case: set not null with a check that nobody validated
-- dangerous: set-not-null-scans
-- why: a NOT VALID constraint proves nothing about the older rows, so they are read.
ALTER TABLE orders ALTER COLUMN quantity SET NOT NULL;

-- case: not null as a constraint
-- dangerous: set-not-null-scans
-- why: without NOT VALID every row is read under ACCESS EXCLUSIVE.
-- from: 18
ALTER TABLE customers ADD CONSTRAINT name_known NOT NULL name;

-- case: set not null with a valid check
-- safe: set-not-null-scans
-- why: a valid CHECK says that no row has NULL, so none is read.
ALTER TABLE orders ALTER COLUMN shipped_at SET NOT NULL;

-- case: set not null in three files
-- safe: set-not-null-scans
-- why: the CHECK is validated under SHARE UPDATE EXCLUSIVE; SET NOT NULL then reads no row.
ALTER TABLE orders ADD CONSTRAINT note_known CHECK (note IS NOT NULL) NOT VALID;
-- next file
ALTER TABLE orders VALIDATE CONSTRAINT note_known;
-- next file
ALTER TABLE orders ALTER COLUMN note SET NOT NULL;

-- case: set not null where it is so already
-- look-alike: set-not-null-scans
-- why: the catalog says so already: nothing is read and nothing changes.
ALTER TABLE customers ALTER COLUMN email SET NOT NULL;

-- case: not null as a constraint not valid
-- look-alike: set-not-null-scans
-- why: from PostgreSQL 18 on NOT NULL can be NOT VALID, and no row is read.
-- from: 18
ALTER TABLE customers ADD CONSTRAINT name_known NOT NULL name NOT VALID;

-- case: set not null on a new table
-- look-alike: set-not-null-scans
-- why: it has no rows, and nobody else sees it.
BEGIN;
CREATE TABLE vouchers (id bigint PRIMARY KEY, code text);
ALTER TABLE vouchers ALTER COLUMN code SET NOT NULL;
COMMIT;

-- case: foreign key with the column in one statement
-- look-alike: foreign-key-validates
-- why: PostgreSQL knows that the column is new and all NULL.
ALTER TABLE order_items ADD COLUMN warehouse_id bigint CONSTRAINT items_warehouse_fk REFERENCES customers (id);

-- case: foreign key in the statement that adds the column
-- dangerous: foreign-key-validates
-- why: named as a constraint of the table, it is validated like any other: the rows are read.
ALTER TABLE order_items ADD COLUMN warehouse_id bigint,
    ADD CONSTRAINT items_warehouse_fk FOREIGN KEY (warehouse_id) REFERENCES customers (id);

-- case: check in a table that is inherited from
-- dangerous: check-validates
-- why: each partition is read under ACCESS EXCLUSIVE.
ALTER TABLE readings ADD CONSTRAINT value_positive CHECK (value > 0);

-- case: not null of a partitioned table
-- dangerous: set-not-null-scans
-- why: each partition is read under ACCESS EXCLUSIVE.
ALTER TABLE readings ALTER COLUMN value SET NOT NULL;

-- case: check that says the same once more
-- dangerous: check-validates
-- why: PostgreSQL does not conclude from one CHECK to another: the rows are read.
ALTER TABLE orders ADD CONSTRAINT shipped_once_more CHECK (shipped_at IS NOT NULL);
