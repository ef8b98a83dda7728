"""Each kind of object, changed in each way: the difference says exactly that, and nothing once it is changed back."""

# ruff: noqa: E501 - a case reads best with one statement a line
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import asyncpg
import pytest

from midflight.catalog import CatalogWatch, diff, read_snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Case:
    id: str
    setup: str
    change: str
    back: str
    lines: str
    """``{role}`` is a role of the test's own, ``{18}`` begins a line that is there from PostgreSQL 18 on."""
    since: int = 14
    """The major version that brought it: older ones refuse the change."""


ORDERS = "CREATE TABLE orders (id int, total numeric(10,2), note text)"
BOTH = ORDERS + "; CREATE TABLE users (id int CONSTRAINT users_pk PRIMARY KEY)"
PAID = "CREATE TYPE status AS ENUM ('new', 'paid')"
ADD = "CREATE FUNCTION add(a int, b int) RETURNS int LANGUAGE sql AS 'SELECT a + b'"
ON_CHANGE = "CREATE FUNCTION on_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END'"
RANGES = "CREATE TABLE events (at date) PARTITION BY RANGE (at); CREATE TABLE old (at date)"

CASES = (
    # Tables
    Case("table", "", ORDERS, "DROP TABLE orders", "+ table orders: 3 columns"),
    Case(
        "table_drops", ORDERS, "DROP TABLE orders", ORDERS, "- table orders: 3 columns",
    ),
    Case(
        "unlogged", ORDERS, "ALTER TABLE orders SET UNLOGGED", "ALTER TABLE orders SET LOGGED",
        "~ table orders: persistence none -> unlogged",
    ),
    Case(
        "row_security", ORDERS, "ALTER TABLE orders ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
        "ALTER TABLE orders DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY",
        "~ table orders: row security none -> enabled, forced",
    ),
    Case(
        "replica_identity", ORDERS, "ALTER TABLE orders REPLICA IDENTITY FULL",
        "ALTER TABLE orders REPLICA IDENTITY DEFAULT", "~ table orders: replica identity none -> full",
    ),
    Case(
        "options", ORDERS, "ALTER TABLE orders SET (fillfactor = 70, toast.autovacuum_enabled = off)",
        "ALTER TABLE orders RESET (fillfactor, toast.autovacuum_enabled)",
        "~ table orders: options none -> fillfactor=70, toast.autovacuum_enabled=off",
    ),
    Case(
        "inheritance", ORDERS + "; CREATE TABLE mine (id int, total numeric(10,2), note text, more int)",
        "ALTER TABLE mine INHERIT orders", "ALTER TABLE mine NO INHERIT orders",
        "~ table mine: parents none -> public.orders\n"
        "  ~ column id: inherited none -> merged\n"
        "  ~ column note: inherited none -> merged\n"
        "  ~ column total: inherited none -> merged",
    ),
    Case(
        "owner", ORDERS, "ALTER TABLE orders OWNER TO {role}", "ALTER TABLE orders OWNER TO postgres",
        "~ table orders: owner postgres -> {role}",
    ),
    Case(
        "table_comment", ORDERS, "COMMENT ON TABLE orders IS 'what they buy'", "COMMENT ON TABLE orders IS NULL",
        "~ table orders: comment none -> 'what they buy'",
    ),
    Case(
        "table_privileges", ORDERS, "GRANT SELECT ON orders TO {role}", "REVOKE ALL ON orders FROM {role}",
        "~ table orders: privileges default -> postgres=arwdDxt{m}/postgres, {role}=r/postgres",
    ),
    Case(
        "partition_key", "", "CREATE TABLE events (at date) PARTITION BY RANGE (at)", "DROP TABLE events",
        "+ partitioned table events: partition key RANGE (at) (1 column)",
    ),
    Case(
        "partition_bound", RANGES, "ALTER TABLE events ATTACH PARTITION old FOR VALUES FROM (MINVALUE) TO ('2020-01-01')",
        "ALTER TABLE events DETACH PARTITION old",
        "~ table old: parents none -> public.events; "
        "partition bound none -> FOR VALUES FROM (MINVALUE) TO ('2020-01-01')\n"
        "  ~ column at: inherited none -> only",
    ),
    # Columns
    Case(
        "column", ORDERS, "ALTER TABLE orders ADD paid numeric(12,3) DEFAULT 0", "ALTER TABLE orders DROP paid",
        "table orders\n  + column paid: numeric(12,3) DEFAULT 0",
    ),
    Case(
        "column_order", ORDERS,
        "ALTER TABLE orders DROP total; ALTER TABLE orders ADD total numeric(10,2)",
        "DROP TABLE orders; " + ORDERS,
        "table orders\n  ~ column note: position 3 -> 2\n  ~ column total: position 2 -> 3",
    ),
    Case(
        "column_in_the_middle_drops", ORDERS, "ALTER TABLE orders DROP total", "DROP TABLE orders; " + ORDERS,
        "table orders\n  - column total: numeric(10,2)",
    ),
    Case(
        "column_renamed", ORDERS, "ALTER TABLE orders RENAME note TO remark", "ALTER TABLE orders RENAME remark TO note",
        "table orders\n  - column note: text\n  + column remark: text",
    ),
    Case(
        "type", ORDERS, "ALTER TABLE orders ALTER total TYPE numeric(12,2)",
        "ALTER TABLE orders ALTER total TYPE numeric(10,2)",
        "table orders\n  ~ column total: type numeric(10,2) -> numeric(12,2)",
    ),
    Case(
        "collation", ORDERS, 'ALTER TABLE orders ALTER note TYPE text COLLATE "C"', "ALTER TABLE orders ALTER note TYPE text",
        'table orders\n  ~ column note: collation none -> "C"',
    ),
    Case(
        "default", ORDERS, "ALTER TABLE orders ALTER total SET DEFAULT 7", "ALTER TABLE orders ALTER total DROP DEFAULT",
        "table orders\n  ~ column total: default none -> 7",
    ),
    Case(
        "generated", ORDERS, "ALTER TABLE orders ADD twice int GENERATED ALWAYS AS (id * 2) STORED",
        "ALTER TABLE orders DROP twice",
        "table orders\n  + column twice: integer GENERATED ALWAYS AS ((id * 2)) STORED",
    ),
    Case(
        "virtual", ORDERS, "ALTER TABLE orders ADD twice int GENERATED ALWAYS AS (id * 2) VIRTUAL",
        "ALTER TABLE orders DROP twice",
        "table orders\n  + column twice: integer GENERATED ALWAYS AS ((id * 2)) VIRTUAL", since=18,
    ),
    Case(
        "identity_kind", "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY)",
        "ALTER TABLE t ALTER id SET GENERATED BY DEFAULT", "ALTER TABLE t ALTER id SET GENERATED ALWAYS",
        "table t\n  ~ column id: identity ALWAYS -> BY DEFAULT",
    ),
    Case(
        "storage", ORDERS, "ALTER TABLE orders ALTER note SET STORAGE EXTERNAL",
        "ALTER TABLE orders ALTER note SET STORAGE EXTENDED", "table orders\n  ~ column note: storage none -> external",
    ),
    Case(
        "compression", ORDERS, "ALTER TABLE orders ALTER note SET COMPRESSION pglz",
        "ALTER TABLE orders ALTER note SET COMPRESSION default", "table orders\n  ~ column note: compression none -> pglz",
    ),
    Case(
        "statistics_target", ORDERS, "ALTER TABLE orders ALTER note SET STATISTICS 500",
        "ALTER TABLE orders ALTER note SET STATISTICS -1", "table orders\n  ~ column note: statistics none -> 500",
    ),
    Case(
        "column_options", ORDERS, "ALTER TABLE orders ALTER note SET (n_distinct = 5)",
        "ALTER TABLE orders ALTER note RESET (n_distinct)", "table orders\n  ~ column note: options none -> n_distinct=5",
    ),
    Case(
        "column_comment", ORDERS, "COMMENT ON COLUMN orders.note IS 'free'", "COMMENT ON COLUMN orders.note IS NULL",
        "table orders\n  ~ column note: comment none -> 'free'",
    ),
    Case(
        "column_privileges", ORDERS, "GRANT UPDATE (note) ON orders TO {role}", "REVOKE ALL (note) ON orders FROM {role}",
        "table orders\n  ~ column note: privileges default -> {role}=w/postgres",
    ),
    # Constraints
    Case(
        "check", ORDERS, "ALTER TABLE orders ADD CONSTRAINT paid CHECK (total > 0)",
        "ALTER TABLE orders DROP CONSTRAINT paid",
        "table orders\n  + constraint paid: CHECK ((total > (0)::numeric))",
    ),
    Case(
        "not_valid", ORDERS + "; ALTER TABLE orders ADD CONSTRAINT paid CHECK (id > 0)",
        "ALTER TABLE orders DROP CONSTRAINT paid; ALTER TABLE orders ADD CONSTRAINT paid CHECK (id > 0) NOT VALID",
        "ALTER TABLE orders VALIDATE CONSTRAINT paid",
        "table orders\n  ~ constraint paid: definition CHECK ((id > 0)) -> CHECK ((id > 0)) NOT VALID; valid true -> false",
    ),
    Case(
        "foreign_key", BOTH, "ALTER TABLE orders ADD CONSTRAINT of_user FOREIGN KEY (id) REFERENCES users ON DELETE CASCADE",
        "ALTER TABLE orders DROP CONSTRAINT of_user",
        "table orders\n  + constraint of_user: FOREIGN KEY (id) REFERENCES public.users(id) ON DELETE CASCADE",
    ),
    Case(
        "foreign_key_target_renamed", BOTH + "; ALTER TABLE orders ADD CONSTRAINT of_user FOREIGN KEY (id) REFERENCES users",
        "ALTER TABLE users RENAME id TO number", "ALTER TABLE users RENAME number TO id",
        "table orders\n"
        "  ~ constraint of_user: definition FOREIGN KEY (id) REFERENCES public.users(id)"
        " -> FOREIGN KEY (id) REFERENCES public.users(number)\n"
        "table users\n"
        "  - column id: integer NOT NULL\n"
        "  + column number: integer NOT NULL\n"
        "{18}  ~ constraint users_id_not_null: definition NOT NULL id -> NOT NULL number\n"
        "  ~ constraint users_pk: definition PRIMARY KEY (id) -> PRIMARY KEY (number)\n"
        "  ~ index users_pk: definition CREATE UNIQUE INDEX users_pk ON public.users USING btree (id)"
        " -> CREATE UNIQUE INDEX users_pk ON public.users USING btree (number)",
    ),
    Case(
        "deferrable", BOTH + "; ALTER TABLE orders ADD CONSTRAINT of_user FOREIGN KEY (id) REFERENCES users",
        "ALTER TABLE orders ALTER CONSTRAINT of_user DEFERRABLE INITIALLY DEFERRED",
        "ALTER TABLE orders ALTER CONSTRAINT of_user NOT DEFERRABLE",
        "table orders\n"
        "  ~ constraint of_user: definition FOREIGN KEY (id) REFERENCES public.users(id)"
        " -> FOREIGN KEY (id) REFERENCES public.users(id) DEFERRABLE INITIALLY DEFERRED",
    ),
    Case(
        "not_enforced", BOTH + "; ALTER TABLE orders ADD CONSTRAINT of_user FOREIGN KEY (id) REFERENCES users",
        "ALTER TABLE orders ALTER CONSTRAINT of_user NOT ENFORCED", "ALTER TABLE orders ALTER CONSTRAINT of_user ENFORCED",
        "table orders\n"
        "  ~ constraint of_user: definition FOREIGN KEY (id) REFERENCES public.users(id)"
        " -> FOREIGN KEY (id) REFERENCES public.users(id) NOT ENFORCED; valid true -> false",
        since=18,
    ),
    Case(
        "no_inherit", ORDERS, "ALTER TABLE orders ADD CONSTRAINT paid CHECK (id > 0) NO INHERIT",
        "ALTER TABLE orders DROP CONSTRAINT paid", "table orders\n  + constraint paid: CHECK ((id > 0)) NO INHERIT",
    ),
    Case(
        "not_null", ORDERS, "ALTER TABLE orders ALTER note SET NOT NULL", "ALTER TABLE orders ALTER note DROP NOT NULL",
        "table orders\n  ~ column note: not null false -> true\n{18}  + constraint orders_note_not_null: NOT NULL note",
    ),
    Case(
        "not_null_not_valid", ORDERS, "ALTER TABLE orders ADD CONSTRAINT noted NOT NULL note NOT VALID",
        "ALTER TABLE orders DROP CONSTRAINT noted",
        "table orders\n  ~ column note: not null false -> true\n"
        "  + constraint noted: NOT NULL note NOT VALID, valid false", since=18,
    ),
    Case(
        "constraint_comment", ORDERS + "; ALTER TABLE orders ADD CONSTRAINT paid CHECK (id > 0)",
        "COMMENT ON CONSTRAINT paid ON orders IS 'really'", "COMMENT ON CONSTRAINT paid ON orders IS NULL",
        "table orders\n  ~ constraint paid: comment none -> 'really'",
    ),
    Case(
        "exclude", ORDERS, "ALTER TABLE orders ADD CONSTRAINT apart EXCLUDE USING btree (id WITH =)",
        "ALTER TABLE orders DROP CONSTRAINT apart",
        "table orders\n  + constraint apart: EXCLUDE USING btree (id WITH =)\n"
        "  + index apart: CREATE INDEX apart ON public.orders USING btree (id)",
    ),
    # Indexes
    Case(
        "index", ORDERS, "CREATE UNIQUE INDEX i ON orders (lower(note) text_pattern_ops) INCLUDE (id)"
        " WITH (fillfactor = 70) WHERE id > 0", "DROP INDEX i",
        "table orders\n  + index i: CREATE UNIQUE INDEX i ON public.orders USING btree (lower(note) text_pattern_ops)"
        " INCLUDE (id) WITH (fillfactor='70') WHERE (id > 0)",
    ),
    Case(
        "nulls_not_distinct", ORDERS, "CREATE UNIQUE INDEX i ON orders (note) NULLS NOT DISTINCT", "DROP INDEX i",
        "table orders\n  + index i: CREATE UNIQUE INDEX i ON public.orders USING btree (note) NULLS NOT DISTINCT", since=15,
    ),
    Case(
        "index_options", ORDERS + "; CREATE INDEX i ON orders (id)", "ALTER INDEX i SET (fillfactor = 60)",
        "ALTER INDEX i RESET (fillfactor)",
        "table orders\n  ~ index i: definition CREATE INDEX i ON public.orders USING btree (id)"
        " -> CREATE INDEX i ON public.orders USING btree (id) WITH (fillfactor='60')",
    ),
    Case(
        "index_renamed", ORDERS + "; CREATE INDEX i ON orders (id)", "ALTER INDEX i RENAME TO j", "ALTER INDEX j RENAME TO i",
        "table orders\n  - index i: CREATE INDEX i ON public.orders USING btree (id)\n"
        "  + index j: CREATE INDEX j ON public.orders USING btree (id)",
    ),
    Case(
        "clustered", ORDERS + "; CREATE INDEX i ON orders (id)", "ALTER TABLE orders CLUSTER ON i",
        "ALTER TABLE orders SET WITHOUT CLUSTER", "table orders\n  ~ index i: clustered none -> true",
    ),
    Case(
        "index_statistics", ORDERS + "; CREATE INDEX i ON orders ((id + 1))", "ALTER INDEX i ALTER 1 SET STATISTICS 500",
        "ALTER INDEX i ALTER 1 SET STATISTICS -1", "table orders\n  ~ index i: statistics none -> 1: 500",
    ),
    Case(
        "index_attached",
        "CREATE TABLE p (id int) PARTITION BY LIST (id); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);"
        "CREATE INDEX i1 ON p1 (id)",
        "CREATE INDEX i ON p (id)", "DROP INDEX i; CREATE INDEX i1 ON p1 (id)",
        "partitioned table p\n  + index i: CREATE INDEX i ON ONLY public.p USING btree (id)\n"
        "table p1\n  ~ index i1: attached to none -> public.i",
    ),
    Case(
        "index_comment", ORDERS + "; CREATE INDEX i ON orders (id)", "COMMENT ON INDEX i IS 'quick'",
        "COMMENT ON INDEX i IS NULL", "table orders\n  ~ index i: comment none -> 'quick'",
    ),
    # Sequences
    Case(
        "sequence", "", "CREATE SEQUENCE s AS int START 5", "DROP SEQUENCE s",
        "+ sequence s: type integer, start 5, increment 1, minimum 1, maximum 2147483647, cache 1, cycle false",
    ),
    Case(
        "sequence_options", "CREATE SEQUENCE s", "ALTER SEQUENCE s INCREMENT 2 MAXVALUE 9 CACHE 3 CYCLE START 4 AS smallint",
        "ALTER SEQUENCE s INCREMENT 1 AS bigint NO MAXVALUE CACHE 1 NO CYCLE START 1",
        "~ sequence s: type bigint -> smallint; start 1 -> 4; increment 1 -> 2; maximum 9223372036854775807 -> 9;"
        " cache 1 -> 3; cycle false -> true",
    ),
    Case(
        "sequence_owned", ORDERS + "; CREATE SEQUENCE s", "ALTER SEQUENCE s OWNED BY orders.id", "ALTER SEQUENCE s OWNED BY NONE",
        "~ sequence s: owned by none -> public.orders.id",
    ),
    Case(
        "identity", "CREATE TABLE t (id int NOT NULL)", "ALTER TABLE t ALTER id ADD GENERATED ALWAYS AS IDENTITY",
        "ALTER TABLE t ALTER id DROP IDENTITY",
        "table t\n  ~ column id: identity none -> ALWAYS\n+ sequence t_id_seq: type integer, start 1, increment 1, minimum 1,"
        " maximum 2147483647, cache 1, cycle false, owned by identity of public.t.id",
    ),
    # Types
    Case("enum", "", PAID, "DROP TYPE status", "+ type status: enum ('new', 'paid')"),
    Case(
        "enum_label_order", "CREATE TYPE status AS ENUM ('new', 'paid', 'sent')",
        "DROP TYPE status; CREATE TYPE status AS ENUM ('new', 'sent', 'paid')",
        "DROP TYPE status; CREATE TYPE status AS ENUM ('new', 'paid', 'sent')",
        "~ type status: definition enum ('new', 'paid', 'sent') -> enum ('new', 'sent', 'paid')",
    ),
    Case(
        "enum_label_added", PAID, "ALTER TYPE status ADD VALUE 'sent' BEFORE 'paid'", "DROP TYPE status; " + PAID,
        "~ type status: definition enum ('new', 'paid') -> enum ('new', 'sent', 'paid')",
    ),
    Case(
        "enum_label_renamed", PAID, "ALTER TYPE status RENAME VALUE 'new' TO 'fresh'",
        "ALTER TYPE status RENAME VALUE 'fresh' TO 'new'",
        "~ type status: definition enum ('new', 'paid') -> enum ('fresh', 'paid')",
    ),
    Case(
        "type_renamed", PAID + "; CREATE TABLE t (s status[] DEFAULT '{}')", "ALTER TYPE status RENAME TO state",
        "ALTER TYPE state RENAME TO status",
        "+ type state: enum ('new', 'paid')\n- type status: enum ('new', 'paid')\n"
        "table t\n  ~ column s: type public.status[] -> public.state[];"
        " default '{}'::public.status[] -> '{}'::public.state[]",
    ),
    Case(
        "type_privileges", PAID, "REVOKE USAGE ON TYPE status FROM PUBLIC", "GRANT USAGE ON TYPE status TO PUBLIC",
        "~ type status: privileges default -> postgres=U/postgres",
    ),
    Case(
        "domain", "", "CREATE DOMAIN price AS numeric(10,2) DEFAULT 0 CONSTRAINT positive CHECK (value >= 0)",
        "DROP DOMAIN price",
        "+ domain price: type numeric(10,2), not null false, default 0 (1 domain constraint)",
    ),
    Case(
        "domain_constraint", "CREATE DOMAIN price AS int",
        "ALTER DOMAIN price ADD CONSTRAINT positive CHECK (value > 0) NOT VALID", "ALTER DOMAIN price DROP CONSTRAINT positive",
        "domain price\n  + domain constraint positive: CHECK ((VALUE > 0)) NOT VALID, valid false",
    ),
    Case(
        "domain_default", "CREATE DOMAIN price AS int", "ALTER DOMAIN price SET DEFAULT 3", "ALTER DOMAIN price DROP DEFAULT",
        "~ domain price: default none -> 3",
    ),
    Case(
        "composite", "CREATE TYPE pair AS (a int, b text)", "ALTER TYPE pair ADD ATTRIBUTE c date",
        "ALTER TYPE pair DROP ATTRIBUTE c", "composite type pair\n  + column c: date",
    ),
    Case(
        "composite_privileges", "CREATE TYPE pair AS (a int)", "GRANT USAGE ON TYPE pair TO {role}",
        "REVOKE ALL ON TYPE pair FROM {role}",
        "~ composite type pair: privileges default -> =U/postgres, postgres=U/postgres, {role}=U/postgres",
    ),
    Case(
        "composite_comment", "CREATE TYPE pair AS (a int)", "COMMENT ON TYPE pair IS 'two'", "COMMENT ON TYPE pair IS NULL",
        "~ composite type pair: comment none -> 'two'",
    ),
    Case(
        "range", "", "CREATE TYPE floats AS RANGE (subtype = float8, subtype_diff = float8mi)", "DROP TYPE floats",
        "+ type floats: range (subtype = double precision, subtype_opclass = pg_catalog.float8_ops,"
        " subtype_diff = float8mi, multirange_type_name = public.floats_multirange)",
    ),
    # Views
    Case("view", ORDERS, "CREATE VIEW v AS SELECT id FROM orders", "DROP VIEW v", "+ view v: 1 column"),
    Case(
        "view_definition", ORDERS + "; CREATE VIEW v AS SELECT 1 AS one FROM orders",
        "CREATE OR REPLACE VIEW v AS SELECT 1 AS one FROM orders WHERE false",
        "CREATE OR REPLACE VIEW v AS SELECT 1 AS one FROM orders",
        "~ view v: definition\n"
        "    @@ -1,2 +1,3 @@\n"
        "      SELECT 1 AS one\n"
        "    -   FROM public.orders;\n"
        "    +   FROM public.orders\n"
        "    +  WHERE false;",
    ),
    Case(
        "view_options", ORDERS + "; CREATE VIEW v AS SELECT id FROM orders", "ALTER VIEW v SET (security_barrier)",
        "ALTER VIEW v RESET (security_barrier)", "~ view v: options none -> security_barrier=true",
    ),
    Case(
        "populated", ORDERS + "; CREATE MATERIALIZED VIEW m AS SELECT id FROM orders",
        "REFRESH MATERIALIZED VIEW m WITH NO DATA", "REFRESH MATERIALIZED VIEW m", "~ view m: populated true -> false",
    ),
    Case(
        "materialized_view", ORDERS, "CREATE MATERIALIZED VIEW m AS SELECT id FROM orders", "DROP MATERIALIZED VIEW m",
        "+ materialized view m: 1 column",
    ),
    # Functions
    Case("function", "", ADD, "DROP FUNCTION add", "+ function add(a integer, b integer)"),
    Case(
        "function_body", ADD, "CREATE OR REPLACE FUNCTION add(a int, b int) RETURNS int LANGUAGE sql AS 'SELECT b + a'",
        ADD.replace("CREATE", "CREATE OR REPLACE"),
        "~ function add(a integer, b integer): definition\n"
        "    @@ -3,2 +3,2 @@\n"
        "      LANGUAGE sql\n"
        "    -AS $function$SELECT a + b$function$\n"
        "    +AS $function$SELECT b + a$function$",
    ),
    Case(
        "overload", ADD, "CREATE FUNCTION add(a int) RETURNS int LANGUAGE sql AS 'SELECT a'", "DROP FUNCTION add(int)",
        "+ function add(a integer)",
    ),
    Case(
        "procedure", "", "CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1'", "DROP PROCEDURE p", "+ procedure p()",
    ),
    Case(
        "aggregate", "CREATE AGGREGATE mine(int) (SFUNC = int4pl, STYPE = int)",
        "CREATE OR REPLACE AGGREGATE mine(int) (SFUNC = int4mul, STYPE = int, INITCOND = '1')",
        "CREATE OR REPLACE AGGREGATE mine(int) (SFUNC = int4pl, STYPE = int)",
        "~ function mine(integer): definition aggregate (kind = n, sfunc = int4pl, stype = integer, finalfunc_modify = r,"
        " parallel = u) -> aggregate (kind = n, sfunc = int4mul, stype = integer, finalfunc_modify = r, initcond = '1',"
        " parallel = u)",
    ),
    Case(
        "function_privileges", ADD, "REVOKE EXECUTE ON FUNCTION add FROM PUBLIC", "GRANT EXECUTE ON FUNCTION add TO PUBLIC",
        "~ function add(a integer, b integer): privileges default -> postgres=X/postgres",
    ),
    Case(
        "function_owner", ADD, "ALTER FUNCTION add OWNER TO {role}", "ALTER FUNCTION add OWNER TO postgres",
        "~ function add(a integer, b integer): owner postgres -> {role}",
    ),
    # Triggers, rules, policies, statistics
    Case(
        "trigger", ORDERS + "; " + ON_CHANGE, "CREATE TRIGGER g BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION on_change()",
        "DROP TRIGGER g ON orders",
        "table orders\n  + trigger g: CREATE TRIGGER g BEFORE UPDATE ON public.orders"
        " FOR EACH ROW EXECUTE FUNCTION public.on_change()",
    ),
    Case(
        "trigger_disabled",
        ORDERS + "; " + ON_CHANGE + "; CREATE TRIGGER g BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION on_change()",
        "ALTER TABLE orders DISABLE TRIGGER g", "ALTER TABLE orders ENABLE TRIGGER g",
        "table orders\n  ~ trigger g: enabled true -> false",
    ),
    Case(
        "rule", ORDERS, "CREATE RULE r AS ON UPDATE TO orders DO ALSO NOTIFY changed", "DROP RULE r ON orders",
        "table orders\n  + rule r",
    ),
    Case(
        "policy", ORDERS, "CREATE POLICY p ON orders AS RESTRICTIVE FOR UPDATE TO {role} USING (id > 0) WITH CHECK (id > 1)",
        "DROP POLICY p ON orders",
        "table orders\n  + policy p: mode restrictive, command UPDATE, roles {role}, using (id > 0), with check (id > 1)",
    ),
    Case(
        "policy_changed", ORDERS + "; CREATE POLICY p ON orders USING (id > 0)",
        "ALTER POLICY p ON orders USING (id > 1)", "ALTER POLICY p ON orders USING (id > 0)",
        "table orders\n  ~ policy p: using (id > 0) -> (id > 1)",
    ),
    Case(
        "statistics", ORDERS, "CREATE STATISTICS st (dependencies) ON id, note FROM orders", "DROP STATISTICS st",
        "table orders\n  + statistics public.st: CREATE STATISTICS public.st (dependencies) ON id, note FROM public.orders",
    ),
    # What belongs to no schema
    Case("schema", "", "CREATE SCHEMA shop", "DROP SCHEMA shop", "+ schema shop"),
    Case(
        "schema_privileges", "CREATE SCHEMA shop", "GRANT USAGE ON SCHEMA shop TO {role}",
        "REVOKE ALL ON SCHEMA shop FROM {role}",
        "~ schema shop: privileges default -> postgres=UC/postgres, {role}=U/postgres",
    ),
    Case(
        "schema_comment", "CREATE SCHEMA shop", "COMMENT ON SCHEMA shop IS 'ours'", "COMMENT ON SCHEMA shop IS NULL",
        "~ schema shop: comment none -> 'ours'",
    ),
    Case(
        "event_trigger", "CREATE FUNCTION e() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'",
        "CREATE EVENT TRIGGER et ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION e()", "DROP EVENT TRIGGER et",
        "+ event trigger et: event ddl_command_end, tags CREATE TABLE, function public.e(), enabled true",
    ),
    Case(
        "default_privileges", "", "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {role}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE SELECT ON TABLES FROM {role}",
        "+ default privileges for postgres on tables: privileges {role}=r/postgres",
    ),
    Case(
        "collation_object", "", "CREATE COLLATION plain FROM \"C\"", "DROP COLLATION plain",
        "+ collation plain: provider = libc, lc_collate = C, lc_ctype = C, deterministic = true",
    ),
    Case(
        "publication", ORDERS + "; CREATE PUBLICATION p", "ALTER PUBLICATION p ADD TABLE orders; ALTER PUBLICATION p SET (publish = 'insert')",
        "ALTER PUBLICATION p DROP TABLE orders; ALTER PUBLICATION p SET (publish = 'insert, update, delete, truncate')",
        "~ publication p: tables  -> table public.orders; publish insert, update, delete, truncate -> insert",
    ),
    Case(
        "cast", PAID, "CREATE CAST (text AS status) WITH INOUT AS ASSIGNMENT", "DROP CAST (text AS status)",
        "+ cast (text AS public.status): with inout, as assignment",
    ),
    Case(
        "operator", ADD, "CREATE OPERATOR ## (LEFTARG = int, RIGHTARG = int, FUNCTION = add)", "DROP OPERATOR ## (int, int)",
        "+ operator ## (integer, integer): function = public.add(integer,integer)",
    ),
    Case(
        "extension_version", "CREATE EXTENSION citext VERSION '1.5'", "ALTER EXTENSION citext UPDATE TO '1.6'",
        "DROP EXTENSION citext; CREATE EXTENSION citext VERSION '1.5'", "~ extension citext: version 1.5 -> 1.6",
    ),
    Case(
        "extension_schema", "CREATE SCHEMA shop; CREATE EXTENSION citext", "ALTER EXTENSION citext SET SCHEMA shop",
        "ALTER EXTENSION citext SET SCHEMA public",
        "~ extension citext: in schema public -> shop",
    ),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
async def test_a_change_is_seen_and_so_is_the_way_back(stage: asyncpg.Connection, role: str, case: Case) -> None:
    if case.setup:
        await stage.execute(written(case.setup, role))
    watch = CatalogWatch(stage)
    before = await watch.refresh()
    major = stage.get_server_version().major
    if major < case.since:
        with pytest.raises(asyncpg.PostgresError):
            await stage.execute(written(case.change, role))
        return
    await stage.execute(written(case.change, role))
    after = await watch.refresh()
    assert after == await read_snapshot(stage)
    assert list(diff(before, after).lines()) == list(expected(case, role, major))
    await stage.execute(written(case.back, role))
    again = await watch.refresh()
    assert again == await read_snapshot(stage)
    assert list(diff(before, again).lines()) == []
    assert again == before


def written(text: str, role: str) -> str:
    return text.replace("{role}", role)


def expected(case: Case, role: str, major: int) -> Iterator[str]:
    """Fill in what differs from one major version to another."""
    for line in written(case.lines, role).split("\n"):
        if major >= 18 or not line.startswith("{18}"):
            yield line.removeprefix("{18}").replace("{m}", "m" if major >= 17 else "")
