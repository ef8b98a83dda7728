-- Storage: what writes a whole table anew or copies it.

-- case: vacuum full
-- dangerous: vacuum-full
-- why: the table is written anew under ACCESS EXCLUSIVE.
VACUUM FULL order_items, audit_log;

-- case: vacuum full among options
-- dangerous: vacuum-full
-- why: FULL is FULL, in whatever order.
VACUUM (ANALYZE, FULL, VERBOSE) customers;

-- case: vacuum analyze
-- safe: vacuum-full
-- why: without FULL it holds SHARE UPDATE EXCLUSIVE, which lets reads and writes through.
VACUUM (ANALYZE, PARALLEL 2) orders;

-- case: vacuum with FULL off
-- look-alike: vacuum-full
-- why: FULL false is a plain VACUUM.
VACUUM (FULL false, ANALYZE) orders;

-- case: analyze a table called full
-- look-alike: vacuum-full
-- why: it is a name.
CREATE TABLE "full" (id integer PRIMARY KEY);
ANALYZE "full";

-- case: cluster
-- dangerous: cluster
-- why: the table is written anew under ACCESS EXCLUSIVE.
CLUSTER orders USING orders_customer_idx;

-- case: cluster in parentheses
-- dangerous: cluster
-- why: the table is written anew under ACCESS EXCLUSIVE.
CLUSTER (VERBOSE) customers USING customers_phone_idx;

-- case: cluster on for later
-- look-alike: cluster
-- why: CLUSTER ON is a mark in the catalog for a later CLUSTER.
ALTER TABLE orders CLUSTER ON orders_customer_idx;

-- case: cluster of a new table
-- look-alike: cluster
-- why: it is empty, and nobody else sees it.
BEGIN;
CREATE TABLE vouchers (id bigint PRIMARY KEY);
CLUSTER vouchers USING vouchers_pkey;
COMMIT;

-- case: set unlogged
-- dangerous: set-logged
-- why: the table is written anew under ACCESS EXCLUSIVE, and is empty after a crash.
ALTER TABLE audit_log SET UNLOGGED;

-- case: set logged
-- dangerous: set-logged
-- why: the table is written anew, into the WAL too, under ACCESS EXCLUSIVE.
ALTER TABLE sessions SET LOGGED;

-- case: new unlogged table
-- look-alike: set-logged
-- why: it has no rows that could be written anew.
CREATE UNLOGGED TABLE import_rows (id bigint, payload text);

-- case: set logged where it is so already
-- look-alike: set-logged
-- why: nothing changes and nothing is written.
ALTER TABLE audit_log SET LOGGED;

-- case: table to another tablespace
-- dangerous: set-tablespace
-- why: the table is copied under ACCESS EXCLUSIVE.
ALTER TABLE orders SET TABLESPACE archive;

-- case: index to another tablespace
-- dangerous: set-tablespace
-- why: the index is copied under ACCESS EXCLUSIVE, and every query on its table opens it.
ALTER INDEX orders_placed_idx SET TABLESPACE archive;

-- case: new table in another tablespace
-- safe: set-tablespace
-- why: it is empty.
CREATE TABLE orders_of_old (id bigint PRIMARY KEY) TABLESPACE archive;

-- case: tablespace of a partitioned table
-- look-alike: set-tablespace
-- why: it has no storage: the word is for partitions to come.
ALTER TABLE readings SET TABLESPACE archive;

-- case: set access method
-- dangerous: set-access-method
-- why: the table is written anew under ACCESS EXCLUSIVE.
ALTER TABLE audit_log SET ACCESS METHOD heap_of_ours;

-- case: set access method in another schema
-- dangerous: set-access-method
-- why: the table is written anew under ACCESS EXCLUSIVE.
alter table legacy.imports set access method heap_of_ours;

-- case: access method that it has already
-- look-alike: set-access-method
-- why: nothing changes and nothing is written.
ALTER TABLE audit_log SET ACCESS METHOD heap;

-- case: new table with another access method
-- safe: set-access-method
-- why: it is empty.
CREATE TABLE facts (id bigint) USING heap_of_ours;

-- case: refresh materialized view
-- dangerous: refresh-view-blocks
-- why: ACCESS EXCLUSIVE on the view while its query runs.
REFRESH MATERIALIZED VIEW daily_sales;

-- case: refresh without data
-- dangerous: refresh-view-blocks
-- why: ACCESS EXCLUSIVE, and after it each query on the view fails until it is filled again.
REFRESH MATERIALIZED VIEW top_customers WITH NO DATA;

-- case: refresh concurrently
-- safe: refresh-view-blocks
-- why: readers go on; there is a unique index, as it needs.
REFRESH MATERIALIZED VIEW CONCURRENTLY daily_sales;

-- case: refresh of a new view
-- look-alike: refresh-view-blocks
-- why: nobody reads it yet.
CREATE MATERIALIZED VIEW sales_by_customer AS SELECT customer_id, sum(total) FROM orders GROUP BY 1 WITH NO DATA;
REFRESH MATERIALIZED VIEW sales_by_customer;

-- case: storage parameters
-- look-alike: vacuum-full
-- why: fillfactor is for later writes: SHARE UPDATE EXCLUSIVE, and no row is moved.
ALTER TABLE orders SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.01);
