"""SQL files as people commit them, each with the schema that was really there before it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class File:
    """A migration and what was there before."""

    id: str
    sql: str
    before: str


_USERS = "CREATE TABLE users (id bigint PRIMARY KEY, email text, name text, active boolean, created_at timestamptz);"
_ORDERS = (
    "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, total integer, status text, created_at timestamptz);"
)

FILES = (
    File("add-column", "ALTER TABLE users ADD COLUMN nickname text;", _USERS),
    File("add-required-column", "ALTER TABLE users ADD COLUMN nickname text NOT NULL;", _USERS),
    File("add-column-if-not-exists", "ALTER TABLE IF EXISTS users ADD COLUMN IF NOT EXISTS nickname text;", _USERS),
    File("volatile-default", "ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid();", _USERS),
    File("serial-column", "ALTER TABLE users ADD COLUMN number serial;", _USERS),
    File("drop-column", "ALTER TABLE users DROP COLUMN IF EXISTS name;", _USERS),
    File("rename-column", "ALTER TABLE users RENAME COLUMN name TO full_name;", _USERS),
    File("rename-table", "ALTER TABLE users RENAME TO people;\nUPDATE people SET name = 'x';", _USERS),
    File("set-not-null", "ALTER TABLE users ALTER COLUMN email SET NOT NULL;", _USERS),
    File(
        "set-not-null-safely",
        "SET lock_timeout = '1s';\n"
        "ALTER TABLE users ADD CONSTRAINT email_given CHECK (email IS NOT NULL) NOT VALID;\n"
        "ALTER TABLE users VALIDATE CONSTRAINT email_given;\n"
        "ALTER TABLE users ALTER COLUMN email SET NOT NULL;\n",
        _USERS,
    ),
    File(
        "drop-not-null",
        "ALTER TABLE users ALTER email DROP NOT NULL;",
        _USERS + "ALTER TABLE users ALTER email SET NOT NULL;",
    ),
    File("set-default", "ALTER TABLE users ALTER COLUMN active SET DEFAULT true;", _USERS),
    File(
        "drop-default",
        "ALTER TABLE orders ALTER COLUMN total DROP DEFAULT;\nUPDATE orders SET total = 0 WHERE id = 1;",
        _ORDERS + "ALTER TABLE orders ALTER COLUMN total SET DEFAULT 0;",
    ),
    File("widen-key", "ALTER TABLE orders ALTER COLUMN total TYPE bigint;", _ORDERS),
    File(
        "type-by-using",
        "ALTER TABLE orders ALTER COLUMN status TYPE integer USING status::integer;",
        _ORDERS,
    ),
    File(
        "two-columns-to-one-type",
        "ALTER TABLE orders ALTER COLUMN created_at TYPE timestamptz USING created_at AT TIME ZONE 'UTC';",
        "CREATE TABLE orders (id bigint PRIMARY KEY, created_at timestamp);",
    ),
    File("create-index", "CREATE INDEX idx_orders_user_id ON orders (user_id);", _ORDERS),
    File(
        "create-index-concurrently", "CREATE INDEX CONCURRENTLY IF NOT EXISTS idx_orders ON orders (user_id);", _ORDERS
    ),
    File("index-of-expression", "CREATE UNIQUE INDEX users_email_lower ON users (lower(email)) WHERE active;", _USERS),
    File(
        "gin-index",
        "CREATE INDEX ON documents USING gin (payload jsonb_path_ops);\nCREATE INDEX ON documents USING gin (tags);",
        "CREATE TABLE documents (payload jsonb, tags text[]);",
    ),
    File(
        "trigram-index",
        "CREATE EXTENSION IF NOT EXISTS pg_trgm;\nCREATE INDEX ON users USING gin (name gin_trgm_ops);",
        _USERS,
    ),
    File(
        "replace-index",
        "DROP INDEX IF EXISTS idx_orders_user_id;\nCREATE INDEX idx_orders_user_id_status ON orders (user_id, status);",
        _ORDERS + "CREATE INDEX idx_orders_user_id ON orders (user_id);",
    ),
    File(
        "drop-index", "DROP INDEX idx_orders_user_id;", _ORDERS + "CREATE INDEX idx_orders_user_id ON orders (user_id);"
    ),
    File("reindex", "REINDEX INDEX idx_orders_status;", _ORDERS + "CREATE INDEX idx_orders_status ON orders (status);"),
    File(
        "foreign-key",
        "ALTER TABLE orders ADD CONSTRAINT fk_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE;",
        _USERS + _ORDERS,
    ),
    File(
        "new-table-with-references",
        "CREATE TABLE order_items (\n"
        "  id bigserial PRIMARY KEY,\n"
        "  order_id bigint NOT NULL REFERENCES orders (id),\n"
        "  product_id uuid REFERENCES shop.products\n"
        ");\nCREATE INDEX ON order_items (order_id);",
        _ORDERS + "CREATE SCHEMA shop; CREATE TABLE shop.products (id uuid PRIMARY KEY);",
    ),
    File(
        "foreign-key-made-anew",
        "BEGIN;\n"
        "ALTER TABLE orders DROP CONSTRAINT orders_user_id_fkey;\n"
        "ALTER TABLE orders ADD CONSTRAINT orders_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id)\n"
        "  ON DELETE SET NULL;\n"
        "COMMIT;",
        _USERS
        + _ORDERS
        + "ALTER TABLE orders ADD CONSTRAINT orders_user_id_fkey FOREIGN KEY (user_id) REFERENCES users;",
    ),
    File(
        "validate",
        "ALTER TABLE orders VALIDATE CONSTRAINT total_positive;",
        _ORDERS + "ALTER TABLE orders ADD CONSTRAINT total_positive CHECK (total > 0) NOT VALID;",
    ),
    File("check", "ALTER TABLE orders ADD CONSTRAINT total_positive CHECK (total >= 0 AND status <> '');", _ORDERS),
    File("unique", "ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email);", _USERS),
    File(
        "unique-by-index",
        "CREATE UNIQUE INDEX CONCURRENTLY users_email_key ON users (email);\n"
        "ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE USING INDEX users_email_key;",
        _USERS,
    ),
    File(
        "primary-key",
        "ALTER TABLE events ADD PRIMARY KEY (id);",
        "CREATE TABLE events (id bigint NOT NULL);",
    ),
    File(
        "exclusion",
        "CREATE EXTENSION IF NOT EXISTS btree_gist;\n"
        "ALTER TABLE bookings ADD CONSTRAINT no_overlap EXCLUDE USING gist (room_id WITH =, during WITH &&);",
        "CREATE TABLE bookings (room_id int, during tstzrange);",
    ),
    File("update-all", "UPDATE users SET active = true, created_at = now() WHERE active IS NULL;", _USERS),
    File("update-one", "UPDATE orders SET status = 'paid', total = total + 10 WHERE id = 42;", _ORDERS),
    File(
        "update-from",
        "UPDATE orders o SET status = u.name FROM users u\n"
        "WHERE u.id = o.user_id AND u.created_at > '2026-01-01'::timestamptz;",
        _USERS + _ORDERS,
    ),
    File(
        "update-with-query",
        "WITH last AS (SELECT user_id, max(created_at) AS at FROM orders WHERE total > 100 GROUP BY user_id)\n"
        "UPDATE users SET created_at = last.at FROM last WHERE last.user_id = users.id;",
        _USERS + _ORDERS,
    ),
    File(
        "delete",
        "DELETE FROM orders WHERE created_at < now() - interval '1 year' AND status IN ('void', 'test');",
        _ORDERS,
    ),
    File(
        "delete-in-sub-select",
        "DELETE FROM orders WHERE user_id IN (SELECT id FROM users WHERE NOT active);",
        _USERS + _ORDERS,
    ),
    File(
        "upsert",
        "INSERT INTO settings (key, value, changed_at) VALUES ('a', 1, now()), ('b', 2, now())\n"
        "ON CONFLICT (key) DO UPDATE SET value = excluded.value;",
        "CREATE TABLE settings (key text PRIMARY KEY, value int, changed_at timestamptz);",
    ),
    File(
        "insert-from-query",
        "INSERT INTO archive.orders (id, total) SELECT id, total FROM orders WHERE status = 'closed';",
        _ORDERS + "CREATE SCHEMA archive; CREATE TABLE archive.orders (id bigint PRIMARY KEY, total integer);",
    ),
    File("truncate", "TRUNCATE sessions;", "CREATE TABLE sessions (id int PRIMARY KEY);"),
    File("drop-table", "DROP TABLE IF EXISTS sessions CASCADE;", "CREATE TABLE sessions (id int PRIMARY KEY);"),
    File(
        "add-label",
        "ALTER TYPE order_status ADD VALUE IF NOT EXISTS 'refunded' AFTER 'paid';",
        "CREATE TYPE order_status AS ENUM ('open', 'paid');",
    ),
    File(
        "label-used-at-once",
        "BEGIN;\nALTER TYPE mood ADD VALUE 'happy';\nUPDATE days SET mood = 'happy' WHERE id = 1;\nCOMMIT;",
        "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE days (id int PRIMARY KEY, mood mood);",
    ),
    File("set-logged", "ALTER TABLE cache SET LOGGED;", "CREATE UNLOGGED TABLE cache (id int PRIMARY KEY);"),
    File(
        "rename-label",
        "ALTER TYPE order_status RENAME VALUE 'canceled' TO 'cancelled';",
        "CREATE TYPE order_status AS ENUM ('open', 'canceled');",
    ),
    File(
        "enum-made-anew",
        "BEGIN;\n"
        "ALTER TYPE mood RENAME TO mood_old;\n"
        "CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');\n"
        "ALTER TABLE days ALTER COLUMN mood DROP DEFAULT;\n"
        "ALTER TABLE days ALTER COLUMN mood TYPE mood USING mood::text::mood;\n"
        "DROP TYPE mood_old;\n"
        "COMMIT;",
        "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE days (id int PRIMARY KEY, mood mood DEFAULT 'ok');",
    ),
    File(
        "column-of-enum",
        "ALTER TABLE days ADD COLUMN evening mood NOT NULL DEFAULT 'ok';",
        "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE days (id int PRIMARY KEY);",
    ),
    File(
        "trigger",
        "CREATE TRIGGER set_updated_at BEFORE UPDATE ON users FOR EACH ROW\n"
        "WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION set_updated_at();",
        _USERS + "CREATE FUNCTION set_updated_at() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';",
    ),
    File(
        "drop-trigger-and-function",
        "DROP TRIGGER IF EXISTS touch ON users;\nDROP FUNCTION IF EXISTS touch();",
        _USERS + "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
        "CREATE TRIGGER touch BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();",
    ),
    File("create-view", "CREATE OR REPLACE VIEW active_users AS SELECT id, email FROM users WHERE active;", _USERS),
    File("drop-view", "DROP VIEW active_users;", _USERS + "CREATE VIEW active_users AS SELECT id FROM users;"),
    File(
        "refresh",
        "REFRESH MATERIALIZED VIEW CONCURRENTLY totals;",
        _ORDERS
        + "CREATE MATERIALIZED VIEW totals AS SELECT id, total FROM orders; CREATE UNIQUE INDEX ON totals (id);",
    ),
    File(
        "refresh-blocking",
        "REFRESH MATERIALIZED VIEW totals;",
        _ORDERS + "CREATE MATERIALIZED VIEW totals AS SELECT id FROM orders;",
    ),
    File(
        "attach-partition",
        "CREATE TABLE events_2027 (at timestamptz NOT NULL, kind text);\n"
        "ALTER TABLE events ATTACH PARTITION events_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');",
        "CREATE TABLE events (at timestamptz NOT NULL, kind text) PARTITION BY RANGE (at);",
    ),
    File(
        "new-partition",
        "CREATE TABLE events_2027 PARTITION OF events FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');",
        "CREATE TABLE events (at timestamptz NOT NULL) PARTITION BY RANGE (at);",
    ),
    File(
        "detach-partition",
        "ALTER TABLE events DETACH PARTITION events_2020;",
        "CREATE TABLE events (at timestamptz NOT NULL) PARTITION BY RANGE (at);"
        "CREATE TABLE events_2020 PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');",
    ),
    File(
        "search-path",
        "SET search_path TO shop, public;\nALTER TABLE products ADD COLUMN price numeric DEFAULT 0;\n"
        "CREATE INDEX ON products (price);",
        "CREATE SCHEMA shop; CREATE TABLE shop.products (id int PRIMARY KEY);",
    ),
    File(
        "policy",
        "ALTER TABLE orders ENABLE ROW LEVEL SECURITY;\n"
        "CREATE POLICY own ON orders USING (user_id = current_setting('app.user_id')::bigint);",
        _ORDERS,
    ),
    File(
        "lock",
        "BEGIN;\nLOCK TABLE orders IN ACCESS EXCLUSIVE MODE;\nUPDATE orders SET total = 1 WHERE id = 1;\nCOMMIT;",
        _ORDERS,
    ),
    File(
        "comments", "COMMENT ON COLUMN users.email IS 'where we write to';\nCOMMENT ON TABLE users IS 'people';", _USERS
    ),
    File(
        "sequence",
        "ALTER SEQUENCE invoice_numbers RESTART WITH 1000;\n"
        "ALTER TABLE invoices ALTER COLUMN number SET DEFAULT nextval('invoice_numbers');",
        "CREATE SEQUENCE invoice_numbers; CREATE TABLE invoices (id int PRIMARY KEY, number bigint);",
    ),
    File(
        "block",
        "DO $$ BEGIN\n  ALTER TABLE users ADD COLUMN nickname text;\n"
        "EXCEPTION WHEN duplicate_column THEN NULL;\nEND $$;",
        _USERS,
    ),
    File(
        "block-and-data",
        "BEGIN;\nALTER TABLE orders ADD COLUMN paid_at timestamptz;\n"
        "UPDATE orders SET paid_at = created_at WHERE status = 'paid';\nCOMMIT;",
        _ORDERS,
    ),
    File(
        "function-of-ones-own",
        "UPDATE users SET name = tidy_name(name, 20) WHERE id = 1;",
        _USERS + "CREATE FUNCTION tidy_name(text, int) RETURNS text LANGUAGE sql AS 'SELECT $1';",
    ),
    File("move", "ALTER TABLE users SET SCHEMA archive;", _USERS + "CREATE SCHEMA archive;"),
    File("vacuum", "VACUUM FULL orders;\nANALYZE orders;", _ORDERS),
    File("domain", "ALTER TABLE users ADD COLUMN mail address;", _USERS + "CREATE DOMAIN address AS text;"),
)
