-- Indexes: CREATE INDEX, DROP INDEX, REINDEX, and CONCURRENTLY where it cannot run.

-- case: index on a foreign key column
-- dangerous: create-index-blocks-writes
-- why: CREATE INDEX holds SHARE until the index is built: no INSERT, UPDATE or DELETE in the meantime.
CREATE INDEX orders_product_idx ON orders (product_id);

-- case: unique index if not exists on a quoted table
-- dangerous: create-index-blocks-writes
-- why: IF NOT EXISTS changes nothing about the lock of an index that is not there yet.
CREATE UNIQUE INDEX IF NOT EXISTS "Accounts_Email" ON public."Accounts" ("Email");

-- case: partial index on an expression
-- dangerous: create-index-blocks-writes
-- why: a partial index is small, but all rows are read for it, under SHARE.
CREATE INDEX orders_new_note_idx ON orders (lower(note)) WHERE status = 'new';

-- case: index in another schema
-- dangerous: create-index-blocks-writes
-- why: SHARE on billing.invoices until the index is built.
create index invoices_number_idx on billing.invoices using btree (number);

-- case: index inside of a DO block
-- dangerous: create-index-blocks-writes | opaque-sql
-- why: a DO block is run as it stands; the CREATE INDEX in it holds SHARE like any other.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_class WHERE relname = 'orders_product_idx') THEN
        CREATE INDEX orders_product_idx ON orders (product_id);
    END IF;
END
$$;

-- case: index on a partition by itself
-- dangerous: create-index-blocks-writes
-- why: a partition is a table: writes to it wait, those through its parent too.
CREATE INDEX events_2026_01_kind_idx ON events_2026_01 (kind);

-- case: index concurrently
-- safe: create-index-blocks-writes
-- why: CONCURRENTLY holds SHARE UPDATE EXCLUSIVE alone, which lets writes through.
CREATE INDEX CONCURRENTLY orders_product_idx ON orders (product_id);

-- case: index of a table that is created before it
-- look-alike: create-index-blocks-writes
-- why: nobody else sees the table before the file commits, or has rows in it.
BEGIN;
CREATE TABLE order_tags (order_id bigint NOT NULL, tag text NOT NULL);
CREATE INDEX order_tags_tag_idx ON order_tags (tag);
COMMIT;

-- case: index of a temporary table
-- look-alike: create-index-blocks-writes
-- why: a temporary table belongs to its session.
CREATE TEMP TABLE staging (id bigint, payload text);
CREATE INDEX staging_id_idx ON staging (id);

-- case: index only in a comment
-- look-alike: create-index-blocks-writes
-- why: a comment runs nothing.
-- later, by hand: CREATE INDEX orders_product_idx ON orders (product_id);
/* or: DROP TABLE orders; */
ALTER TABLE orders ADD COLUMN gift_note text;

-- case: index in the body of a function
-- look-alike: create-index-blocks-writes
-- why: CREATE FUNCTION stores its body and runs none of it.
CREATE FUNCTION add_index() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    CREATE INDEX orders_note_idx ON orders (note);
    DROP TABLE legacy.imports;
END
$$;

-- case: index in a string
-- look-alike: create-index-blocks-writes
-- why: a string is a value.
INSERT INTO settings (key, value) VALUES ('todo', 'CREATE INDEX orders_note_idx ON orders (note)');

-- case: table like another with its indexes
-- look-alike: create-index-blocks-writes
-- why: the indexes are those of the new table, which is empty.
CREATE TABLE orders_archive (LIKE orders INCLUDING ALL);

-- case: empty index of the whole first
-- safe: partitioned-index-blocks
-- why: ON ONLY builds no index of any partition; each follows CONCURRENTLY, and ATTACH joins them.
CREATE INDEX readings_value_idx ON ONLY readings (value);
CREATE INDEX CONCURRENTLY readings_2025_value_idx ON readings_2025 (value);
ALTER INDEX readings_value_idx ATTACH PARTITION readings_2025_value_idx;

-- case: index on a partitioned table
-- dangerous: partitioned-index-blocks | create-index-blocks-writes
-- why: SHARE on the table and on each partition until the last index is built.
CREATE INDEX events_kind_idx ON events (kind);

-- case: unique index on a partitioned table
-- dangerous: partitioned-index-blocks | create-index-blocks-writes
-- why: SHARE on the table and on each partition until the last index is built.
CREATE UNIQUE INDEX readings_key ON readings (id, day);

-- case: index of a partitioned table that is new
-- look-alike: partitioned-index-blocks
-- why: it has no rows, and no partition that anybody uses.
BEGIN;
CREATE TABLE clicks (id bigint NOT NULL, at timestamptz NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE clicks_2026 PARTITION OF clicks FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE INDEX clicks_at_idx ON clicks (at);
COMMIT;

-- case: drop index
-- dangerous: drop-index-blocks
-- why: DROP INDEX waits for ACCESS EXCLUSIVE on the table, and every query behind it.
DROP INDEX orders_placed_idx;

-- case: drop two indexes if they exist
-- dangerous: drop-index-blocks
-- why: IF EXISTS changes nothing for an index that is there; the second one holds both tables.
DROP INDEX IF EXISTS customers_phone_idx, orders_placed_idx;

-- case: drop index concurrently
-- safe: drop-index-blocks
-- why: CONCURRENTLY waits without keeping anybody out.
DROP INDEX CONCURRENTLY IF EXISTS orders_placed_idx;

-- case: drop index of a new table
-- look-alike: drop-index-blocks
-- why: nobody else uses the table yet.
BEGIN;
CREATE TABLE order_tags (order_id bigint NOT NULL, tag text NOT NULL);
CREATE INDEX order_tags_tag_idx ON order_tags (tag);
DROP INDEX order_tags_tag_idx;
COMMIT;

-- case: rename index
-- look-alike: drop-index-blocks
-- why: from PostgreSQL 12 on, renaming an index holds SHARE UPDATE EXCLUSIVE on the index; no query names an index.
ALTER INDEX orders_placed_idx RENAME TO orders_placed_at_idx;

-- case: reindex table
-- dangerous: reindex-blocks
-- why: SHARE on the table and ACCESS EXCLUSIVE on each index, which every query plan opens.
REINDEX TABLE billing.invoices;

-- case: reindex index with options
-- dangerous: reindex-blocks
-- why: VERBOSE only tells more; the locks are the same.
REINDEX (VERBOSE) INDEX orders_placed_idx;

-- case: reindex table concurrently
-- safe: reindex-blocks
-- why: CONCURRENTLY holds SHARE UPDATE EXCLUSIVE alone.
REINDEX TABLE CONCURRENTLY customers;

-- case: reindex concurrently by option
-- look-alike: reindex-blocks
-- why: (CONCURRENTLY) in parentheses is the same as behind the kind.
REINDEX (VERBOSE, CONCURRENTLY) INDEX orders_placed_idx;

-- case: reindex of a new table
-- look-alike: reindex-blocks
-- why: it is empty and nobody else sees it.
BEGIN;
CREATE TABLE order_tags (order_id bigint PRIMARY KEY, tag text NOT NULL);
REINDEX TABLE order_tags;
COMMIT;

-- case: concurrently between BEGIN and COMMIT
-- dangerous: concurrently-in-transaction
-- why: CREATE INDEX CONCURRENTLY refuses to run in a transaction block.
BEGIN;
CREATE INDEX CONCURRENTLY orders_product_idx ON orders (product_id);
COMMIT;

-- case: vacuum between BEGIN and COMMIT
-- dangerous: concurrently-in-transaction
-- why: VACUUM refuses to run in a transaction block.
BEGIN;
ALTER TABLE orders ADD COLUMN gift_note text;
VACUUM orders;
COMMIT;

-- case: concurrently after COMMIT
-- look-alike: concurrently-in-transaction
-- why: the transaction is over, and the statement stands by itself.
BEGIN;
ALTER TABLE orders ADD COLUMN gift_id bigint;
COMMIT;
CREATE INDEX CONCURRENTLY orders_gift_idx ON orders (gift_id);

-- case: concurrently if not exists
-- dangerous: concurrently-if-not-exists
-- why: what a build that failed left behind has the name and is INVALID; the second run is content with it.
CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_product_idx ON orders (product_id);

-- case: unique concurrently if not exists
-- dangerous: concurrently-if-not-exists
-- why: an INVALID unique index that is taken for a valid one enforces nothing for the older rows.
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS accounts_email ON "Accounts" ("Email");

-- case: drop what failed, then build
-- safe: concurrently-if-not-exists
-- why: the second run drops what the first left behind.
DROP INDEX CONCURRENTLY IF EXISTS orders_product_idx;
CREATE INDEX CONCURRENTLY orders_product_idx ON orders (product_id);

-- case: drop what failed, then build if not exists
-- look-alike: concurrently-if-not-exists
-- why: after the DROP there is nothing of that name that IF NOT EXISTS could accept.
DROP INDEX CONCURRENTLY IF EXISTS orders_product_idx;
CREATE INDEX CONCURRENTLY IF NOT EXISTS orders_product_idx ON orders (product_id);
