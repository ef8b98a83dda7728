-- The running application: what its code names and no longer finds, enums, and values that it has never met.

-- case: drop column
-- dangerous: drop-column
-- why: queries of the running release that name it fail.
ALTER TABLE customers DROP COLUMN avatar;

-- case: drop two columns if they exist
-- dangerous: drop-column
-- why: IF EXISTS changes nothing for a column that is there.
ALTER TABLE "Accounts" DROP COLUMN IF EXISTS "select", DROP COLUMN IF EXISTS "Email" CASCADE;

-- case: drop column that is new
-- look-alike: drop-column
-- why: the running release does not know it.
BEGIN;
ALTER TABLE customers ADD COLUMN scratch text;
ALTER TABLE customers DROP COLUMN scratch;
COMMIT;

-- case: column of a table called drop_column
-- look-alike: drop-column
-- why: it is a name.
CREATE TABLE "drop column" (id bigint PRIMARY KEY);
ALTER TABLE "drop column" DROP COLUMN id;

-- case: rename column
-- dangerous: rename-column
-- why: during the rollout one of the two releases names what is not there.
ALTER TABLE customers RENAME COLUMN nickname TO alias;

-- case: rename column without the word
-- dangerous: rename-column
-- why: COLUMN may be left out.
ALTER TABLE "Accounts" RENAME "select" TO choice;

-- case: rename constraint
-- look-alike: rename-column
-- why: no query names a constraint.
ALTER TABLE orders RENAME CONSTRAINT orders_customer_fk TO orders_customers_fk;

-- case: rename column of a new table
-- look-alike: rename-column
-- why: the running release does not know it.
BEGIN;
CREATE TABLE vouchers (id bigint PRIMARY KEY, kode text);
ALTER TABLE vouchers RENAME COLUMN kode TO code;
COMMIT;

-- case: rename table
-- dangerous: rename-table
-- why: during the rollout one of the two releases names what is not there.
ALTER TABLE audit_log RENAME TO audit_entries;

-- case: rename table in another schema
-- dangerous: rename-table
-- why: during the rollout one of the two releases names what is not there.
ALTER TABLE IF EXISTS billing.invoices RENAME TO bills;

-- case: rename table and leave a view
-- look-alike: rename-table
-- why: in one transaction a view takes the old name; it can be read and written like the table.
BEGIN;
ALTER TABLE audit_log RENAME TO audit_entries;
CREATE VIEW audit_log AS SELECT * FROM audit_entries;
COMMIT;

-- case: rename index
-- look-alike: rename-table
-- why: no query names an index.
ALTER INDEX customers_name_idx RENAME TO customers_by_name;

-- case: drop table
-- dangerous: drop-table
-- why: queries of the running release that name it fail, and its rows are gone.
DROP TABLE bookings;

-- case: drop two tables
-- dangerous: drop-table
-- why: queries of the running release that name them fail.
DROP TABLE IF EXISTS legacy.imports, "Accounts" CASCADE;

-- case: drop table of this file
-- look-alike: drop-table
-- why: the running release does not know it.
CREATE TABLE scratch AS SELECT 1 AS id;
DROP TABLE scratch;

-- case: drop temporary table
-- look-alike: drop-table
-- why: it belongs to the session.
CREATE TEMP TABLE scratch (id integer);
DROP TABLE IF EXISTS pg_temp.scratch;

-- case: drop table that production has not got
-- look-alike: drop-table
-- why: there is none of that name, so that nothing happens.
DROP TABLE IF EXISTS import_staging;
CREATE TABLE import_staging (id bigint PRIMARY KEY, payload jsonb);

-- case: drop table with two foreign keys
-- dangerous: many-foreign-keys-dropped
-- why: ACCESS EXCLUSIVE on both tables that it refers to, one after the other.
DROP TABLE order_items;

-- case: drop tables with foreign keys
-- dangerous: many-foreign-keys-dropped
-- why: ACCESS EXCLUSIVE on the customers and the products too.
DROP TABLE orders, order_items CASCADE;

-- case: foreign keys of a new table that is dropped
-- look-alike: many-foreign-keys-dropped
-- why: it never was anybody else's, and its keys were checked against nothing.
BEGIN;
CREATE TABLE returns (order_id bigint, product_id integer);
DROP TABLE returns;
COMMIT;

-- case: drop view
-- dangerous: drop-view
-- why: queries of the running release that name it fail.
DROP VIEW active_products;

-- case: drop materialized view
-- dangerous: drop-view
-- why: queries of the running release that name it fail.
DROP MATERIALIZED VIEW IF EXISTS top_customers;

-- case: view replaced
-- safe: drop-view
-- why: OR REPLACE keeps its columns, and may add some at the end.
CREATE OR REPLACE VIEW active_products AS SELECT id, sku, title, price FROM products WHERE active;

-- case: view dropped and made again in one transaction
-- look-alike: drop-view
-- why: others see the old one or the new one, never none.
BEGIN;
DROP VIEW paid_orders;
CREATE VIEW paid_orders AS SELECT id, customer_id, total FROM orders WHERE status IN ('paid', 'shipped');
COMMIT;

-- case: rename view
-- dangerous: rename-view
-- why: during the rollout one of the two releases names what is not there.
ALTER VIEW active_products RENAME TO products_for_sale;

-- case: rename column of a view
-- dangerous: rename-view
-- why: during the rollout one of the two releases names what is not there.
ALTER VIEW paid_orders RENAME COLUMN total TO amount;

-- case: rename view that is new
-- look-alike: rename-view
-- why: the running release does not know it.
BEGIN;
CREATE VIEW returned AS SELECT id FROM orders WHERE status = 'returned';
ALTER VIEW returned RENAME TO returned_orders;
COMMIT;

-- case: table to another schema
-- dangerous: set-schema-breaks
-- why: queries that find it in the old schema fail.
ALTER TABLE audit_log SET SCHEMA legacy;

-- case: view to another schema
-- dangerous: set-schema-breaks
-- why: queries that find it in the old schema fail.
ALTER VIEW active_products SET SCHEMA billing;

-- case: new table to another schema
-- look-alike: set-schema-breaks
-- why: the running release does not know it.
BEGIN;
CREATE TABLE vouchers (id bigint PRIMARY KEY);
ALTER TABLE vouchers SET SCHEMA billing;
COMMIT;

-- case: rename enum value
-- dangerous: rename-enum-value
-- why: the running release writes the old label, which is none any more.
ALTER TYPE order_status RENAME VALUE 'paid' TO 'settled';

-- case: rename enum value with a quote
-- dangerous: rename-enum-value
-- why: the running release writes the old label, which is none any more.
ALTER TYPE public.mood RENAME VALUE 'ok' TO 'it''s fine';

-- case: rename enum type
-- dangerous: rename-type
-- why: columns follow the type, but SQLAlchemy on asyncpg casts each value to its name ($1::mood).
ALTER TYPE mood RENAME TO temper;

-- case: rename domain
-- dangerous: rename-type
-- why: columns follow it, casts in the running code do not.
ALTER DOMAIN email_address RENAME TO mail_address;

-- case: rename enum type that is new
-- look-alike: rename-type
-- why: the running release does not know it.
BEGIN;
CREATE TYPE chanel AS ENUM ('web', 'shop');
ALTER TYPE chanel RENAME TO channel;
COMMIT;

-- case: rename value of an enum that is new
-- look-alike: rename-enum-value
-- why: the running release does not know it.
BEGIN;
CREATE TYPE channel AS ENUM ('web', 'shp');
ALTER TYPE channel RENAME VALUE 'shp' TO 'shop';
COMMIT;

-- case: new enum value
-- safe: rename-enum-value
-- why: the older labels stay, and no table is touched.
ALTER TYPE order_status ADD VALUE IF NOT EXISTS 'lost' AFTER 'shipped';

-- case: enum made anew
-- dangerous: enum-recreated | change-type-rewrites
-- why: the table is written anew, and open connections that know the old type fail once.
BEGIN;
ALTER TYPE mood RENAME TO mood_old;
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy', 'angry');
ALTER TABLE customers ALTER COLUMN mood TYPE mood USING mood::text::mood;
DROP TYPE mood_old;
COMMIT;

-- case: enum made anew under another name first
-- dangerous: enum-recreated | change-type-rewrites
-- why: the table is written anew, and open connections that know the old type fail once.
BEGIN;
CREATE TYPE mood_new AS ENUM ('sad', 'ok');
ALTER TABLE customers ALTER COLUMN mood TYPE mood_new USING mood::text::mood_new;
DROP TYPE mood;
ALTER TYPE mood_new RENAME TO mood;
COMMIT;

-- case: new enum for a new column
-- look-alike: enum-recreated
-- why: nothing has the type yet.
CREATE TYPE channel AS ENUM ('web', 'shop');
ALTER TABLE orders ADD COLUMN channel channel;

-- case: enum value used at once
-- dangerous: enum-value-used-in-same-transaction
-- why: PostgreSQL refuses a new label before it is committed.
BEGIN;
ALTER TYPE order_status ADD VALUE 'lost';
UPDATE orders SET status = 'lost' WHERE id = 1;
COMMIT;

-- case: enum value as a default at once
-- dangerous: enum-value-used-in-same-transaction
-- why: PostgreSQL refuses a new label before it is committed.
BEGIN;
ALTER TYPE mood ADD VALUE 'angry';
ALTER TABLE customers ALTER COLUMN mood SET DEFAULT 'angry';
COMMIT;

-- case: enum value used after its commit
-- look-alike: enum-value-used-in-same-transaction
-- why: psql commits after each statement.
ALTER TYPE order_status ADD VALUE 'lost';
UPDATE orders SET status = 'lost' WHERE id = 1;
