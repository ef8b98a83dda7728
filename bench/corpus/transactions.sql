-- Transactions: what is held while something else is done, or taken more than once.

-- case: trigger on a live table
-- dangerous: create-trigger-blocks
-- why: it waits for SHARE ROW EXCLUSIVE, and every writer behind it.
CREATE TRIGGER touch_orders BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();

-- case: trigger replaced
-- dangerous: create-trigger-blocks
-- why: OR REPLACE waits for the same lock.
CREATE OR REPLACE TRIGGER touch_customers AFTER INSERT ON customers FOR EACH STATEMENT EXECUTE FUNCTION touch();

-- case: trigger of a new table
-- look-alike: create-trigger-blocks
-- why: nobody else writes to it yet.
BEGIN;
CREATE TABLE vouchers (id bigint PRIMARY KEY, updated_at timestamptz);
CREATE TRIGGER touch_vouchers BEFORE UPDATE ON vouchers FOR EACH ROW EXECUTE FUNCTION touch();
COMMIT;

-- case: function of a trigger replaced
-- look-alike: create-trigger-blocks
-- why: CREATE OR REPLACE FUNCTION locks no table.
CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql
    AS 'BEGIN NEW.updated_at = clock_timestamp(); RETURN NEW; END';

-- case: lock table
-- dangerous: lock-table
-- why: ACCESS EXCLUSIVE, waited for without a limit and held to the end.
BEGIN;
LOCK TABLE orders;
ALTER TABLE orders ADD COLUMN gift_note text;
COMMIT;

-- case: lock two tables against writes
-- dangerous: lock-table
-- why: SHARE ROW EXCLUSIVE keeps every writer out of both.
BEGIN;
LOCK TABLE orders, order_items IN SHARE ROW EXCLUSIVE MODE;
INSERT INTO settings (key, value) VALUES ('locked', 'yes');
COMMIT;

-- case: lock table or give up at once
-- safe: lock-table
-- why: NOWAIT never stands in the queue.
BEGIN;
LOCK TABLE orders IN ACCESS EXCLUSIVE MODE NOWAIT;
ALTER TABLE orders ADD COLUMN gift_note text;
COMMIT;

-- case: lock table in a weak mode
-- look-alike: lock-table
-- why: SHARE UPDATE EXCLUSIVE keeps out neither reads nor writes.
BEGIN;
LOCK TABLE orders IN SHARE UPDATE EXCLUSIVE MODE;
COMMIT;

-- case: select for update of one row
-- look-alike: lock-table
-- why: one row is locked, no table.
BEGIN;
SELECT * FROM settings WHERE key = 'name' FOR UPDATE;
UPDATE settings SET value = 'Shop' WHERE key = 'name';
COMMIT;

-- case: two tables in one transaction
-- dangerous: locks-several-tables
-- why: the first stays locked while the second is waited for; a session that uses both meets it in a deadlock.
BEGIN;
ALTER TABLE orders ADD COLUMN gift_note text;
ALTER TABLE customers ADD COLUMN locale text;
COMMIT;

-- case: two tables in one transaction by different statements
-- dangerous: locks-several-tables
-- why: a trigger locks its table against writers, ALTER TABLE the other one against everybody.
BEGIN;
SET LOCAL lock_timeout = '1s';
CREATE TRIGGER touch_orders BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();
ALTER TABLE products ADD COLUMN updated_at timestamptz;
COMMIT;

-- case: two tables, each by itself
-- look-alike: locks-several-tables
-- why: psql commits after each statement, so that one lock is held at a time.
ALTER TABLE orders ADD COLUMN gift_note text;
ALTER TABLE customers ADD COLUMN locale text;

-- case: a new table and a column in one transaction
-- look-alike: locks-several-tables
-- why: nobody else uses the new table.
BEGIN;
CREATE TABLE vouchers (id bigint PRIMARY KEY, code text);
ALTER TABLE vouchers ADD COLUMN note text;
ALTER TABLE orders ADD COLUMN voucher_id bigint;
COMMIT;

-- case: validate after a lock
-- dangerous: work-under-lock
-- why: the rows of one table are read while the other one stays locked.
BEGIN;
ALTER TABLE customers ADD COLUMN locale text;
ALTER TABLE orders VALIDATE CONSTRAINT quantity_positive;
COMMIT;

-- case: copy of a table after a lock
-- dangerous: work-under-lock
-- why: the orders are copied while the customers stay locked.
BEGIN;
ALTER TABLE customers ADD COLUMN locale text;
CREATE TABLE orders_of_today AS SELECT * FROM orders;
COMMIT;

-- case: validate before a lock
-- look-alike: work-under-lock
-- why: VALIDATE lets everybody through; what locks comes last and is short.
BEGIN;
ALTER TABLE orders VALIDATE CONSTRAINT quantity_positive;
ALTER TABLE orders ADD COLUMN gift_note text;
COMMIT;

-- case: column and backfill in one transaction
-- dangerous: ddl-and-backfill-in-one-transaction | unbatched-update
-- why: ACCESS EXCLUSIVE is held while every row is written.
BEGIN;
ALTER TABLE customers ADD COLUMN email_lower text;
UPDATE customers SET email_lower = lower(email);
COMMIT;

-- case: rows copied after a column was added
-- dangerous: ddl-and-backfill-in-one-transaction
-- why: ACCESS EXCLUSIVE on orders is held while rows are copied into another table.
BEGIN;
ALTER TABLE orders ADD COLUMN archived boolean;
INSERT INTO audit_log (id, action) SELECT id, 'archived' FROM orders WHERE placed_at < '2020-01-01';
COMMIT;

-- case: column and a few rows in one transaction
-- look-alike: ddl-and-backfill-in-one-transaction
-- why: two rows that are written out cost nothing.
BEGIN;
ALTER TABLE settings ADD COLUMN hint text;
INSERT INTO settings (key, value, hint) VALUES ('vat', '19', 'in percent'), ('country', 'DE', NULL);
COMMIT;

-- case: one row after a column was added
-- look-alike: ddl-and-backfill-in-one-transaction
-- why: one row by its key costs nothing.
BEGIN;
ALTER TABLE settings ADD COLUMN hint text;
UPDATE settings SET hint = 'in percent' WHERE key = 'vat';
COMMIT;

-- case: alter twice
-- dangerous: repeated-alter
-- why: each waits for ACCESS EXCLUSIVE anew, with every query behind it.
ALTER TABLE orders ADD COLUMN gift_note text;
ALTER TABLE orders ADD COLUMN gift_from text;

-- case: default and column, each by itself
-- dangerous: repeated-alter
-- why: each waits for ACCESS EXCLUSIVE anew, with every query behind it.
ALTER TABLE customers ALTER COLUMN tier SET DEFAULT 'free';
ALTER TABLE customers ADD COLUMN locale text;

-- case: alter once with two changes
-- safe: repeated-alter
-- why: one lock, once.
ALTER TABLE orders ADD COLUMN gift_note text, ADD COLUMN gift_from text;

-- case: alter twice in one transaction
-- look-alike: repeated-alter
-- why: the lock is taken once and kept.
BEGIN;
ALTER TABLE orders ADD COLUMN gift_note text;
ALTER TABLE orders ADD COLUMN gift_from text;
COMMIT;

-- case: no limit to the wait for a lock
-- dangerous: no-lock-timeout
-- why: it waits for the longest transaction on the table, with every query behind it.
ALTER TABLE customers ADD COLUMN locale text;

-- case: limit to the wait only after the lock
-- dangerous: no-lock-timeout
-- why: the limit holds for what comes after it.
ALTER TABLE customers ADD COLUMN locale text;
SET lock_timeout = '2s';

-- case: limit to the wait for a lock
-- safe: no-lock-timeout
-- why: it gives up after two seconds, and the queue goes on.
SET lock_timeout = '2s';
SET statement_timeout = '1min';
ALTER TABLE customers ADD COLUMN locale text;
