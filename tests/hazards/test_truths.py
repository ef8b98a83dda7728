"""What is written down of PostgreSQL's behaviour, held against real servers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg

from midflight import sql
from midflight.hazards.losses import loss
from midflight.pg.locks import LockMode
from midflight.sql.expected_locks import expected_locks
from midflight.sql.type_changes import keeps_rows, name_of
from midflight.sql.volatility import NOT_VOLATILE
from midflight.trace.tracer import trace

if TYPE_CHECKING:
    from midflight.pg.addresses import Address
    from midflight.trace.record import TracedStatement

SETUP = """
CREATE TABLE u (id int PRIMARY KEY);
CREATE TABLE t (id int PRIMARY KEY, a int, b int NOT NULL DEFAULT 0, c text);
CREATE INDEX i ON t (a);
CREATE UNIQUE INDEX k ON t (b);
ALTER TABLE t ADD CONSTRAINT positive CHECK (a > 0) NOT VALID;
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER old_trigger AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
CREATE TABLE p (id int) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (5) TO (6);
CREATE TABLE q (id int);
CREATE MATERIALIZED VIEW m AS SELECT 1 AS id;
CREATE UNIQUE INDEX ON m (id);
CREATE SCHEMA s;
CREATE TABLE holder (id int, u_id int CONSTRAINT to_u REFERENCES u);
"""

NOT_TOLD = {
    "ALTER TABLE holder DROP CONSTRAINT to_u": {"u": LockMode.ACCESS_EXCLUSIVE},
    "DROP TABLE holder": {"u": LockMode.ACCESS_EXCLUSIVE},
    "TRUNCATE u CASCADE": {"holder": LockMode.ACCESS_EXCLUSIVE},
    "DROP TABLE p1": {"p": LockMode.ACCESS_EXCLUSIVE},
}
"""The other table of a foreign key, and the parent of a partition, where the text does not name it."""

STATEMENTS = [
    "ALTER TABLE t ADD COLUMN n int",
    "ALTER TABLE t ADD COLUMN n int REFERENCES u (id)",
    "ALTER TABLE t ADD COLUMN n int UNIQUE",
    "ALTER TABLE t DROP COLUMN a",
    "ALTER TABLE t ALTER a TYPE bigint",
    "ALTER TABLE t ALTER a SET NOT NULL",
    "ALTER TABLE t ALTER b DROP NOT NULL",
    "ALTER TABLE t ALTER b DROP DEFAULT",
    "ALTER TABLE t ADD CONSTRAINT x FOREIGN KEY (a) REFERENCES u (id)",
    "ALTER TABLE t ADD CONSTRAINT x FOREIGN KEY (a) REFERENCES u (id) NOT VALID",
    "ALTER TABLE t ADD CONSTRAINT x CHECK (a > 0) NOT VALID",
    "ALTER TABLE t ADD CONSTRAINT x UNIQUE (c)",
    "ALTER TABLE t ADD CONSTRAINT x UNIQUE USING INDEX k",
    "ALTER TABLE t VALIDATE CONSTRAINT positive",
    "ALTER TABLE t DROP CONSTRAINT positive",
    "ALTER TABLE t RENAME COLUMN a TO z",
    "ALTER TABLE t RENAME TO z",
    "ALTER TABLE t SET (fillfactor = 70)",
    "ALTER TABLE t RESET (fillfactor)",
    "ALTER TABLE t ALTER a SET STATISTICS 5",
    "ALTER TABLE t ALTER a SET (n_distinct = 5)",
    "ALTER TABLE t ALTER c SET STORAGE external",
    "ALTER TABLE t CLUSTER ON i",
    "ALTER TABLE t SET WITHOUT CLUSTER",
    "ALTER TABLE t DISABLE TRIGGER old_trigger",
    "ALTER TABLE t ENABLE ALWAYS TRIGGER old_trigger",
    "ALTER TABLE t DISABLE TRIGGER USER",
    "ALTER TABLE t ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE t REPLICA IDENTITY FULL",
    "ALTER TABLE t SET UNLOGGED",
    "ALTER TABLE t SET SCHEMA s",
    "ALTER TABLE t SET TABLESPACE pg_default",
    "ALTER TABLE p ATTACH PARTITION q FOR VALUES FROM (1) TO (2)",
    "ALTER TABLE p DETACH PARTITION p1",
    "CREATE TABLE x PARTITION OF p FOR VALUES FROM (1) TO (2)",
    "DROP TRIGGER old_trigger ON t",
    "CLUSTER t USING i",
    "ANALYZE t",
    "REFRESH MATERIALIZED VIEW m",
    "REFRESH MATERIALIZED VIEW CONCURRENTLY m",
    "COPY u FROM PROGRAM 'true'",
    *NOT_TOLD,
    "CREATE INDEX x ON t (a)",
    "CREATE TRIGGER x AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
    "CREATE TABLE x (id int REFERENCES u)",
    "CREATE TABLE x (id int, FOREIGN KEY (id) REFERENCES u)",
    "DROP TABLE t",
    "TRUNCATE t",
    "LOCK TABLE t IN EXCLUSIVE MODE",
    "REINDEX TABLE u",
    "INSERT INTO t (id) SELECT id FROM u",
    "UPDATE t SET a = 1",
]


async def observe(database: Address, setup: str, *statements: str) -> list[TracedStatement]:
    """Watch each statement by itself, on the same schema."""
    traced: list[TracedStatement] = []
    async with trace(database) as tracer:
        connection = await asyncpg.connect(**tracer.address.asyncpg_arguments())
        try:
            await connection.execute(setup)
            for statement in statements:
                async with tracer.record() as recording:
                    await connection.execute("BEGIN")
                    await connection.execute(statement)
                    await connection.execute("ROLLBACK")
                traced += recording.statements()
            return traced
        finally:
            await connection.close()


def strong(locks: set[tuple[str, LockMode]]) -> set[tuple[str, LockMode]]:
    """Leave out what queries take too."""
    return {(name, mode) for name, mode in locks if mode > LockMode.ROW_EXCLUSIVE}


async def test_the_locks_that_the_text_tells_are_those_that_are_taken(database: Address) -> None:
    for traced in await observe(database, SETUP, *STATEMENTS):
        taken = {(lock.relation.name.name, lock.mode) for lock in traced.locks_taken if lock.relation.is_table}
        told = {(name.name, mode) for change in sql.parse(traced.sql).changes for name, mode in expected_locks(change)}
        assert strongest(strong(taken)) == strongest(told) | NOT_TOLD.get(traced.sql, {}), traced.sql


def strongest(locks: set[tuple[str, LockMode]]) -> dict[str, LockMode]:
    return {name: max(mode for other, mode in locks if other == name) for name, _ in locks}


TYPES = [
    *("smallint", "integer", "bigint", "real", "text", "character varying", "character varying(10)"),
    *("character varying(20)", "character(10)", "character(20)", "numeric", "numeric(8,2)", "numeric(10,2)"),
    *("numeric(8,3)", "numeric(10,4)", "bit varying(10)", "bit varying(20)", "bit varying", "date"),
    *("timestamp(3) without time zone", "timestamp without time zone", "timestamp(6) with time zone"),
    *("timestamp with time zone", "time(2) without time zone", "time without time zone", "interval"),
    *("cidr", "inet", "json", "jsonb", "uuid", "text[]", "character varying(10)[]", "boolean"),
]


async def test_type_changes_that_are_said_to_keep_rows_do(database: Address) -> None:
    pairs = [(old, new) for old in TYPES for new in TYPES if old != new and keeps_rows(old, new)]
    assert len(pairs) > 15
    columns = ", ".join(f"c{place} {old}" for place, (old, _) in enumerate(pairs))
    changes = ", ".join(f"ALTER c{place} TYPE {new}" for place, (_, new) in enumerate(pairs))
    (traced,) = await observe(database, f"CREATE TABLE t ({columns})", f"ALTER TABLE t {changes}")
    assert (traced.rewritten, traced.scanned) == ((), ())


async def test_type_changes_that_are_said_to_rewrite_do(database: Address) -> None:
    """In a time zone other than UTC, in which PostgreSQL takes timestamps with and without zone for the same."""
    pairs = [(old, new) for old in TYPES for new in TYPES if old != new and not keeps_rows(old, new)]
    connection = await asyncpg.connect(**database.asyncpg_arguments(), server_settings={"timezone": "Europe/Berlin"})
    try:
        assert [pair for pair in pairs if await is_quick(connection, *pair)] == []
    finally:
        await connection.close()


async def is_quick(connection: asyncpg.Connection, old: str, new: str) -> bool:
    storage = "SELECT relfilenode FROM pg_class WHERE relname = 't'"
    await connection.execute(f"DROP TABLE IF EXISTS t; CREATE TABLE t (c {old})")
    before = await connection.fetchval(storage)
    try:
        await connection.execute(f"ALTER TABLE t ALTER c TYPE {new} USING c::{new}")
    except asyncpg.PostgresError:
        return False
    return bool(before == await connection.fetchval(storage))


EXTREMES = {
    "smallint": ["32767", "-32768"],
    "integer": ["2147483647", "-2147483648"],
    "bigint": ["9223372036854775807", "-9223372036854775808"],
    "real": ["3e38", "0.123456", "1.5"],
    "double precision": ["1e308", "0.123456789012345", "1.5"],
    "numeric": ["1e400", "0.0000000001"],
    "numeric(8,2)": ["999999.99", "-0.01"],
    "numeric(10,2)": ["99999999.99"],
    "numeric(8,3)": ["99999.999"],
    "numeric(12,3)": ["999999999.999"],
    "text": ["'" + "x" * 30 + "'"],
    "character varying": ["'" + "x" * 30 + "'"],
    "character varying(10)": ["'" + "x" * 10 + "'"],
    "character varying(20)": ["'" + "x" * 20 + "'"],
    "bit varying(10)": ["B'1111111111'"],
    "bit varying(20)": ["B'11111111111111111111'"],
    "timestamp(3) without time zone": ["'2026-11-20 10:11:12.345'"],
    "timestamp without time zone": ["'2026-11-20 10:11:12.345678'"],
    "timestamp with time zone": ["'2026-11-20 10:11:12.345678+02'"],
}
"""By type, values at the limits of what it holds."""


async def test_a_type_that_is_said_to_hold_all_values_of_another_does_and_one_that_is_not_does_not(
    database: Address,
) -> None:
    """Each extreme value goes into a column of the old type, through ALTER TYPE, and back."""
    connection = await asyncpg.connect(**database.asyncpg_arguments())
    try:
        wrong = []
        for old, values in EXTREMES.items():
            for new in EXTREMES.keys() - {old}:
                if KIND[name_of(old)] == KIND[name_of(new)]:
                    kept = [await is_kept(connection, old, new, value) for value in values]
                    wrong += [(old, new, loss(old, new))] if all(kept) != (loss(old, new) is None) else []
        assert wrong == []
    finally:
        await connection.close()


TEXTS = frozenset({"text", "character varying"})
KIND = {
    **dict.fromkeys(["smallint", "integer", "bigint", "real", "double precision", "numeric"], "number"),
    **dict.fromkeys(TEXTS, "text"),
    "bit varying": "bits",
    "timestamp without time zone": "time",
    "timestamp with time zone": "time with zone",
}


async def is_kept(connection: asyncpg.Connection, old: str, new: str, value: str) -> bool:
    await connection.execute(f"DROP TABLE IF EXISTS t; CREATE TABLE t (c {old}); INSERT INTO t VALUES ({value})")
    try:
        before = await connection.fetchval("SELECT c::text FROM t")
        await connection.execute(f"ALTER TABLE t ALTER c TYPE {new}; ALTER TABLE t ALTER c TYPE {old}")
        return bool(before == await connection.fetchval("SELECT c::text FROM t"))
    except asyncpg.PostgresError:
        return False


async def test_functions_that_are_said_not_to_be_volatile_are_not(database: Address) -> None:
    connection = await asyncpg.connect(**database.asyncpg_arguments())
    try:
        rows = await connection.fetch(
            "SELECT proname, bool_or(provolatile = 'v') AS volatile FROM pg_proc"
            " WHERE pronamespace = 'pg_catalog'::regnamespace GROUP BY proname"
        )
    finally:
        await connection.close()
    volatile = {row["proname"]: row["volatile"] for row in rows}
    assert {name for name in NOT_VOLATILE if volatile.get(name)} == set()
    assert {name for name in NOT_VOLATILE if name not in volatile} <= {"trim", "uuid_nil"}
