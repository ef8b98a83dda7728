"""What only a real server shows, and what is made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg
import pytest

from midflight import sql
from midflight.hazards.judge import judge
from midflight.hazards.learning import facts_of
from midflight.hazards.looking import look_at_trace
from midflight.pg.locks import LockMode
from midflight.registry import BUILT_IN_HAZARDS
from midflight.sql.names import Name
from midflight.trace.tracer import trace

if TYPE_CHECKING:
    from midflight.hazards.evidence import Sight
    from midflight.pg.addresses import Address

TABLE = "CREATE TABLE t (id int PRIMARY KEY, a varchar(20), b int); INSERT INTO t SELECT 1;"
PARTITIONED = (
    "CREATE TABLE t (id int, a varchar(20)) PARTITION BY LIST (id); CREATE TABLE t1 PARTITION OF t FOR VALUES IN (1);"
)


async def sights(database: Address, setup: str, revision: str) -> tuple[Sight, ...]:
    async with trace(database) as tracer:
        connection = await asyncpg.connect(**tracer.address.asyncpg_arguments())
        try:
            await connection.execute(setup)
            async with tracer.record() as recording:
                await connection.execute("BEGIN")
                try:
                    for piece in sql.split(revision):
                        await connection.execute(piece.text)
                except asyncpg.PostgresError:
                    pass
                await connection.execute("ROLLBACK")
            facts = facts_of(sql.parse(piece.text) for piece in sql.split(setup))
            return look_at_trace(recording.statements(), facts)
        finally:
            await connection.close()


@pytest.mark.parametrize(
    ("setup", "revision", "expected"),
    [
        (PARTITIONED, "ALTER TABLE t ALTER a TYPE int USING 1", ["change-type-rewrites"]),
        (  # a table that takes the place of another one is the revision's own
            TABLE,
            (
                "CREATE TABLE n (id int, a text); INSERT INTO n SELECT id, a FROM t; DROP TABLE t;"
                "ALTER TABLE n RENAME TO t; ALTER TABLE t ADD UNIQUE (a); UPDATE t SET a = ''; CREATE INDEX ON t (a)"
            ),
            ["drop-table"],
        ),
        (
            TABLE,
            (
                "ALTER TABLE t RENAME TO old; CREATE TABLE t (id int); ALTER TABLE t ADD PRIMARY KEY (id);"
                "CREATE INDEX ON old (a)"
            ),
            ["rename-table", "create-index-blocks-writes"],
        ),
        (PARTITIONED, "ALTER TABLE t ALTER a SET NOT NULL", ["set-not-null-scans"]),
        (PARTITIONED, "ALTER TABLE t ADD CHECK (id > 0)", ["check-validates"]),
        (PARTITIONED, "UPDATE t SET a = ''", ["unbatched-update"]),
        (
            TABLE,
            "ALTER TABLE t RENAME TO z; UPDATE z SET b = 1",
            ["rename-table", "unbatched-update", "ddl-and-backfill-in-one-transaction"],
        ),
        (TABLE + "CREATE VIEW v AS SELECT * FROM t;", "UPDATE v SET b = 1", ["unbatched-update"]),
        (TABLE, "ALTER TABLE t ALTER a TYPE varchar(40), ADD n float DEFAULT random()", ["volatile-default-rewrites"]),
        (TABLE, "ALTER TABLE t ALTER id SET NOT NULL, ADD CHECK (b > 0)", ["check-validates"]),
        (TABLE + "CREATE INDEX i ON t (a);", 'ALTER TABLE t ALTER a TYPE text COLLATE "C"', ["alter-collation"]),
        (TABLE, "DO $$ BEGIN CREATE TABLE own (id int); END $$; UPDATE own SET id = 1; CREATE INDEX ON own (id)", []),
        (TABLE, "CREATE TEMP TABLE own (id int); UPDATE own SET id = 1; DROP TABLE own", []),
        (TABLE, "DROP TABLE IF EXISTS nowhere; DROP INDEX IF EXISTS nowhere; ALTER TABLE IF EXISTS nowhere DROP a", []),
        (
            TABLE,
            "CREATE TABLE own (t int REFERENCES t); INSERT INTO t SELECT id + 1 FROM t",
            ["ddl-and-backfill-in-one-transaction"],
        ),
        (
            "CREATE TABLE t (id int); CREATE UNIQUE INDEX i ON t (id);",
            "ALTER TABLE t ADD PRIMARY KEY USING INDEX i",
            ["primary-key-builds-index"],
        ),
    ],
)
async def test_what_a_server_shows_decides(database: Address, setup: str, revision: str, expected: list[str]) -> None:
    findings = judge(await sights(database, setup, revision), BUILT_IN_HAZARDS)
    assert [finding.hazard for finding in findings] == expected
    assert all(finding.basis == "observed" for finding in findings)


FUNCTIONS = TABLE + (
    "CREATE FUNCTION reset() RETURNS void LANGUAGE sql AS 'UPDATE t SET b = 0';"
    "CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT b FROM t LIMIT 1';"
    "CREATE PROCEDURE work() LANGUAGE sql AS 'DELETE FROM t';"
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("DO $$ BEGIN CREATE INDEX ON t (b); END $$", "locks t (SHARE)"),
        ("DO $$ BEGIN EXECUTE 'UPDATE t SET b = 1'; END $$", "reads and writes all of t"),
        ("SELECT reset()", "reads and writes all of t"),
        ("CALL work()", "reads and writes all of t"),
    ],
)
async def test_what_a_statement_hides_is_told_as_far_as_it_was_seen(database: Address, text: str, told: str) -> None:
    (found,) = judge(await sights(database, FUNCTIONS, text), BUILT_IN_HAZARDS)
    assert (found.hazard, found.table, found.basis) == ("opaque-sql", "t", "observed")
    assert told in found.message


@pytest.mark.parametrize(
    "text",
    [
        "DO $$ BEGIN CREATE TYPE m AS ENUM ('a'); EXCEPTION WHEN duplicate_object THEN NULL; END $$",
        "DO $$ BEGIN CREATE TABLE own (id int); CREATE INDEX ON own (id); UPDATE own SET id = 1; END $$",
        "DO $$ BEGIN INSERT INTO t VALUES (7); END $$",
        "SELECT one(), count(*) FROM t",
    ],
)
async def test_a_statement_that_was_seen_to_disturb_nobody_is_no_hazard(database: Address, text: str) -> None:
    assert judge(await sights(database, FUNCTIONS, text), BUILT_IN_HAZARDS) == ()


async def test_a_partitioned_table_gets_a_fix_of_its_own(database: Address) -> None:
    (found,) = judge(await sights(database, PARTITIONED, "CREATE INDEX ON t (a)"), BUILT_IN_HAZARDS)
    assert "ATTACH PARTITION" in found.fix


async def test_an_index_is_told_with_its_table(database: Address) -> None:
    (found,) = judge(await sights(database, TABLE + "CREATE INDEX i ON t (a);", "DROP INDEX i"), BUILT_IN_HAZARDS)
    assert found.table == "t"
    assert "locks t (ACCESS EXCLUSIVE)" in found.message


async def test_a_statement_that_fails_is_judged_by_its_text(database: Address) -> None:
    (found,) = judge(await sights(database, TABLE, "ALTER TABLE t ADD n int NOT NULL"), BUILT_IN_HAZARDS)
    assert (found.hazard, found.basis) == ("add-required-column", "grammar")


async def test_a_lock_is_seen_where_it_was_taken_and_after(database: Address) -> None:
    seen = await sights(database, TABLE, "SELECT 1; LOCK TABLE t IN SHARE MODE; CREATE INDEX ON t (a)")
    table = Name(None, "t")
    assert [sight.took(table, LockMode.SHARE) for sight in seen] == [False, True, True]
    assert not any(sight.took(table, LockMode.EXCLUSIVE) for sight in seen)


@pytest.mark.parametrize("emptied", ["DELETE FROM t", "TRUNCATE t"])
async def test_a_required_column_of_a_table_that_was_emptied_before(database: Address, emptied: str) -> None:
    """It succeeds, but the running code's INSERTs fail all the same."""
    [*_, last] = await sights(database, TABLE, f"{emptied}; ALTER TABLE t ADD COLUMN c int NOT NULL")
    assert last.seen.trace is not None
    assert last.seen.trace.error is None
    [finding] = [one for one in judge((last,), BUILT_IN_HAZARDS) if one.hazard == "add-required-column"]
    assert "it succeeds" in finding.message


async def test_of_several_locks_on_a_table_the_strongest_is_told(database: Address) -> None:
    setup = TABLE + "CREATE TABLE u (id int PRIMARY KEY);"
    revision = (
        "ALTER TABLE t ADD u int; ALTER TABLE t ADD FOREIGN KEY (u) REFERENCES u NOT VALID; ALTER TABLE u ADD a int"
    )
    [*_, last] = await sights(database, setup, revision)
    [finding] = [one for one in judge((last,), BUILT_IN_HAZARDS) if one.hazard == "locks-several-tables"]
    assert "already holds t (ACCESS EXCLUSIVE)" in finding.message
