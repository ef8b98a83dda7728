-- Data: rows that are changed or lost.

-- case: update of all rows
-- dangerous: unbatched-update
-- why: every row is written and stays locked until the end.
UPDATE customers SET tier = 'free';

-- case: update where it is still NULL
-- dangerous: unbatched-update
-- why: the WHERE may well find every row.
UPDATE orders SET note = '' WHERE note IS NULL;

-- case: update where true
-- dangerous: unbatched-update
-- why: the WHERE is there for the linter alone.
UPDATE customers SET score = 0 WHERE true;

-- case: update with a condition that holds for all
-- dangerous: unbatched-update
-- why: id > 0 names the key and bounds nothing.
UPDATE orders SET coupon = NULL WHERE id > 0;

-- case: update from another table
-- dangerous: unbatched-update
-- why: every row that has a partner is written.
UPDATE orders SET note = c.name FROM customers AS c WHERE c.id = orders.customer_id;

-- case: update in a CTE
-- dangerous: unbatched-update
-- why: a data-modifying WITH writes like any UPDATE.
WITH moved AS (
    UPDATE orders SET status = 'shipped' WHERE placed_at < '2020-01-01' RETURNING id
)
INSERT INTO settings (key, value) SELECT 'moved', count(*)::text FROM moved;

-- case: update in a DO block
-- dangerous: unbatched-update | opaque-sql
-- why: a DO block is one transaction, and this one writes every row.
DO $$ BEGIN UPDATE customers SET tier = 'free'; END $$;

-- case: update by a string in a DO block
-- dangerous: unbatched-update | opaque-sql
-- why: EXECUTE runs what the string says.
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['customers', 'contacts'] LOOP
        EXECUTE format('UPDATE %I SET name = trim(name)', t);
    END LOOP;
END
$$;

-- case: update by a function
-- dangerous: unbatched-update | opaque-sql
-- why: SELECT runs what the function says, and it writes every row.
CREATE FUNCTION reset_tiers() RETURNS void LANGUAGE sql AS $$ UPDATE customers SET tier = 'free' $$;
SELECT reset_tiers();

-- case: type in a DO block
-- look-alike: opaque-sql
-- why: a type that nothing uses disturbs nobody; the block only asks whether it is there.
DO $$ BEGIN
    CREATE TYPE channel AS ENUM ('web', 'shop');
EXCEPTION WHEN duplicate_object THEN NULL;
END $$;

-- case: column in a DO block
-- look-alike: opaque-sql
-- why: the block adds a nullable column where it is not there yet, which changes the catalog alone.
DO $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM information_schema.columns WHERE table_name = 'orders' AND column_name = 'gift_note'
    ) THEN
        ALTER TABLE orders ADD COLUMN gift_note text;
    END IF;
END
$$;

-- case: sequence set by a SELECT
-- look-alike: opaque-sql
-- why: setval() writes to its sequence alone.
SELECT setval('receipt_numbers', 1000);

-- case: update of one row by its key
-- safe: unbatched-update
-- why: one row.
UPDATE settings SET value = 'EUR' WHERE key = 'currency';

-- case: update of a thousand rows by their key
-- safe: unbatched-update
-- why: both ends of the key's range are given.
UPDATE orders SET note = '' WHERE id BETWEEN 1 AND 1000 AND note IS NULL;

-- case: update of rows that a LIMIT bounds
-- look-alike: unbatched-update
-- why: the subquery names a thousand keys at most.
UPDATE orders SET note = '' WHERE id IN (SELECT id FROM orders WHERE note IS NULL LIMIT 1000);

-- case: update by another unique key
-- look-alike: unbatched-update
-- why: the e-mail address is unique: one row.
UPDATE customers SET tier = 'staff' WHERE email = 'root@shop.example';

-- case: update of a few keys
-- look-alike: unbatched-update
-- why: three rows.
UPDATE products SET active = false WHERE id IN (17, 18, 4711);

-- case: update of a new table
-- look-alike: unbatched-update
-- why: nobody else sees its rows.
BEGIN;
CREATE TABLE vouchers (id bigint PRIMARY KEY, code text);
INSERT INTO vouchers VALUES (1, 'a'), (2, 'b');
UPDATE vouchers SET code = upper(code);
COMMIT;

-- case: update in the body of a function
-- look-alike: unbatched-update
-- why: CREATE FUNCTION runs none of its body.
CREATE FUNCTION reset_tiers() RETURNS void LANGUAGE sql AS $$ UPDATE customers SET tier = 'free' $$;

-- case: update that changes nothing on a conflict
-- look-alike: unbatched-update
-- why: one row, new or there.
INSERT INTO settings (key, value) VALUES ('currency', 'EUR') ON CONFLICT (key) DO UPDATE SET value = excluded.value;

-- case: delete of old rows
-- dangerous: unbatched-delete
-- why: however many they are, they are deleted in one go, and stay locked until the end.
DELETE FROM audit_log WHERE happened_at < '2020-01-01';

-- case: delete of orphans
-- dangerous: unbatched-delete
-- why: however many they are, they are deleted in one go.
DELETE FROM billing.invoices AS i USING orders AS o WHERE o.id = i.order_id AND o.status = 'returned';

-- case: delete of duplicates
-- dangerous: unbatched-delete
-- why: the table is joined with itself, and all duplicates are deleted in one go.
DELETE FROM legacy.imports a USING legacy.imports b WHERE a.ctid < b.ctid AND a.id = b.id;

-- case: delete of one row by its key
-- safe: unbatched-delete
-- why: one row.
DELETE FROM settings WHERE key = 'obsolete';

-- case: delete of rows that a LIMIT bounds
-- look-alike: unbatched-delete
-- why: a thousand rows at most.
DELETE FROM audit_log WHERE id = ANY (ARRAY(SELECT id FROM audit_log WHERE happened_at < '2020-01-01' LIMIT 1000));

-- case: delete of all rows
-- dangerous: delete-without-where
-- why: all rows are gone when it commits.
DELETE FROM audit_log;

-- case: delete of all rows in a CTE
-- dangerous: delete-without-where
-- why: all rows are gone when it commits.
WITH gone AS (DELETE FROM bookings RETURNING room) SELECT count(*) FROM gone;

-- case: delete where true
-- dangerous: delete-without-where | unbatched-delete
-- why: the WHERE is there for the linter alone: all rows are gone.
DELETE FROM audit_log WHERE true;

-- case: delete of all rows of a temporary table
-- look-alike: delete-without-where
-- why: it belongs to the session.
CREATE TEMPORARY TABLE staging (id bigint);
DELETE FROM staging;

-- case: truncate
-- dangerous: truncate
-- why: all rows are gone when it commits, and until then everybody waits.
TRUNCATE audit_log;

-- case: truncate two tables and restart
-- dangerous: truncate
-- why: all rows are gone when it commits.
TRUNCATE TABLE ONLY bookings, legacy.imports RESTART IDENTITY;

-- case: truncate of a new table
-- look-alike: truncate
-- why: it is nobody else's.
BEGIN;
CREATE TABLE import_rows (id bigint, payload text);
TRUNCATE import_rows;
COMMIT;

-- case: truncate privilege
-- look-alike: truncate
-- why: a privilege is a word in the catalog.
GRANT SELECT, TRUNCATE ON sessions TO CURRENT_USER;

-- case: truncate cascade
-- dangerous: truncate-cascade
-- why: it empties the orders and their items too, which it does not name.
TRUNCATE customers CASCADE;

-- case: truncate cascade in another way
-- dangerous: truncate-cascade
-- why: it empties the items of orders too, which it does not name.
truncate table products restart identity cascade;

-- case: truncate cascade of new tables
-- look-alike: truncate-cascade
-- why: both are nobody else's.
BEGIN;
CREATE TABLE boxes (id bigint PRIMARY KEY);
CREATE TABLE things (id bigint PRIMARY KEY, box_id bigint REFERENCES boxes);
TRUNCATE boxes CASCADE;
COMMIT;

-- case: drop type cascade
-- dangerous: drop-cascade
-- why: it drops the column of each table that has the type, with its values.
DROP TYPE IF EXISTS public.mood CASCADE;

-- case: drop constraint cascade
-- dangerous: drop-cascade
-- why: it drops the foreign keys that rest upon the key.
ALTER TABLE products DROP CONSTRAINT products_pkey CASCADE;

-- case: drop function cascade
-- dangerous: drop-cascade
-- why: it drops each trigger that calls it.
DROP FUNCTION touch() CASCADE;

-- case: drop type of our own cascade
-- look-alike: drop-cascade
-- why: the type is new and nothing uses it.
BEGIN;
CREATE TYPE temper AS ENUM ('calm');
DROP TYPE temper CASCADE;
COMMIT;

-- case: on delete cascade
-- look-alike: drop-cascade
-- why: ON DELETE CASCADE is about rows to come; NOT VALID reads none.
ALTER TABLE billing.invoices
    ADD CONSTRAINT invoices_order_fk FOREIGN KEY (order_id) REFERENCES orders ON DELETE CASCADE NOT VALID;

-- case: drop schema cascade
-- dangerous: drop-schema
-- why: all that is in it goes, unnamed.
DROP SCHEMA billing CASCADE;

-- case: drop two schemas
-- dangerous: drop-schema
-- why: all that is in them goes, unnamed.
DROP SCHEMA IF EXISTS legacy, billing CASCADE;

-- case: drop schema that is new
-- look-alike: drop-schema
-- why: nothing in it is anybody else's.
BEGIN;
CREATE SCHEMA scratch;
CREATE TABLE scratch.numbers (n integer);
DROP SCHEMA scratch CASCADE;
COMMIT;

-- case: drop database
-- dangerous: drop-database
-- why: a whole database goes.
DROP DATABASE IF EXISTS old_shop_of_nobody;

-- case: drop database with force
-- dangerous: drop-database
-- why: a whole database goes, and whoever is connected to it.
DROP DATABASE IF EXISTS old_shop_of_nobody WITH (FORCE);

-- case: drop database in a comment of the catalog
-- look-alike: drop-database
-- why: it is a string.
COMMENT ON TABLE settings IS 'never DROP DATABASE by hand';

-- case: update of a batch that is locked first
-- look-alike: unbatched-update
-- why: the canonical batch: a thousand keys, locked, then written.
WITH batch AS (
    SELECT id FROM orders WHERE note IS NULL ORDER BY id LIMIT 1000 FOR UPDATE SKIP LOCKED
)
UPDATE orders SET note = '' FROM batch WHERE orders.id = batch.id;

-- case: update of rows that are written out
-- look-alike: unbatched-update
-- why: two rows, by the key.
UPDATE products SET price = v.price FROM (VALUES (1, 9.99), (2, 19.99)) AS v (id, price) WHERE products.id = v.id;

-- case: update of the newest row
-- look-alike: unbatched-update
-- why: the subquery yields one key.
UPDATE orders SET note = 'the last one' WHERE id = (SELECT max(id) FROM orders);

-- case: update of keys in an array
-- look-alike: unbatched-update
-- why: three rows.
UPDATE products SET active = false WHERE id = ANY ('{17, 18, 4711}');

-- case: update by a key and more
-- look-alike: unbatched-update
-- why: the whole primary key is given.
UPDATE order_items SET amount = 2 WHERE order_id = 17 AND position = 1;

-- case: update where something exists
-- dangerous: unbatched-update
-- why: every row with a partner is written.
UPDATE customers AS c SET tier = 'gold' WHERE EXISTS (SELECT FROM orders AS o WHERE o.customer_id = c.id);

-- case: merge into a table
-- dangerous: unbatched-update | ddl-and-backfill-in-one-transaction
-- why: every row with a partner is written.
MERGE INTO orders AS o USING customers AS c ON c.id = o.customer_id
WHEN MATCHED THEN UPDATE SET note = c.name;

-- case: update on conflict from a query
-- dangerous: unbatched-update
-- why: each row that the query finds is written, new or there.
INSERT INTO products SELECT * FROM products ON CONFLICT (id) DO UPDATE SET stock = excluded.stock + 1;

-- case: delete by ctid in batches
-- look-alike: unbatched-delete
-- why: a thousand rows at most.
DELETE FROM audit_log WHERE ctid IN (SELECT ctid FROM audit_log WHERE happened_at < '2020-01-01' LIMIT 1000);

-- case: row if it is not there
-- look-alike: ddl-and-backfill-in-one-transaction
-- why: one row, written out.
BEGIN;
ALTER TABLE settings ADD COLUMN hint text;
INSERT INTO settings (key, value) SELECT 'vat', '19' WHERE NOT EXISTS (SELECT FROM settings WHERE key = 'vat');
COMMIT;

-- case: delete of a partition's rows
-- dangerous: delete-without-where
-- why: all rows of the partition are gone.
DELETE FROM ONLY readings_2025;

-- case: catalog only
-- look-alike: unbatched-update
-- why: comments, statistics, privileges, policies and sequences touch no row.
COMMENT ON COLUMN customers.tier IS 'UPDATE it by hand';
CREATE STATISTICS orders_stats (dependencies) ON status, customer_id FROM orders;
ALTER TABLE orders ALTER COLUMN status SET STATISTICS 500;
GRANT UPDATE, DELETE ON settings TO CURRENT_USER;
ALTER SEQUENCE receipt_numbers INCREMENT BY 2;
