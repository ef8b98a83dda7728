"""A watch sees what others committed, and reads no more than it must."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg
import pytest

from midflight.catalog import CatalogWatch, Scope, Snapshot, Unit, diff, read_snapshot
from midflight.pg.identifiers import QualifiedName

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from midflight.pg.addresses import Address

TABLES = ";".join(f"CREATE TABLE t{number} (id int PRIMARY KEY, note text)" for number in range(12))


@pytest.fixture
async def actor(stage: asyncpg.Connection, stage_database: Address) -> AsyncIterator[asyncpg.Connection]:
    """Another session, in which things happen."""
    await stage.execute(TABLES)
    connected = await asyncpg.connect(**stage_database.asyncpg_arguments())
    yield connected
    await connected.close()


def table(name: str) -> Unit:
    return Unit(Scope.RELATION, "public", name)


def read_again(before: Snapshot, after: Snapshot) -> set[str]:
    """Name the relations that are no longer the same objects in memory."""
    return {
        unit.name
        for unit, parts in after.units.items()
        if unit.scope is Scope.RELATION and before.units.get(unit) is not parts
    }


async def test_where_nothing_changed_the_last_snapshot_is_returned(
    stage: asyncpg.Connection, actor: asyncpg.Connection
) -> None:
    watch = CatalogWatch(stage)
    before = await watch.refresh()
    await actor.execute("INSERT INTO t1 VALUES (1); UPDATE t1 SET note = 'x'; ANALYZE t1")
    await actor.execute("VACUUM")
    assert await watch.refresh() is before


async def test_only_what_changed_is_read_again(stage: asyncpg.Connection, actor: asyncpg.Connection) -> None:
    watch = CatalogWatch(stage)
    before = await watch.refresh()
    await actor.execute("ALTER TABLE t1 ALTER note SET DEFAULT 'x'")
    after = await watch.refresh()
    assert read_again(before, after) == {"t1"}
    assert read_again(after, await watch.refresh()) == set()


async def test_what_mentions_the_changed_table_is_read_again_too(
    stage: asyncpg.Connection, actor: asyncpg.Connection
) -> None:
    await actor.execute("ALTER TABLE t2 ADD FOREIGN KEY (id) REFERENCES t1; CREATE VIEW v AS SELECT id FROM t1")
    watch = CatalogWatch(stage)
    before = await watch.refresh()
    await actor.execute("ALTER TABLE t1 RENAME TO renamed")
    after = await watch.refresh()
    assert read_again(before, after) == {"renamed", "t2", "v"}
    assert after == await read_snapshot(stage)


async def test_what_is_not_committed_is_not_seen(stage: asyncpg.Connection, actor: asyncpg.Connection) -> None:
    watch = CatalogWatch(stage)
    before = await watch.refresh()
    transaction = actor.transaction()
    await transaction.start()
    await actor.execute("ALTER TABLE t1 ADD late int")
    assert not diff(before, await watch.refresh())
    await transaction.commit()
    assert list(diff(before, await watch.refresh()).lines()) == ["table t1", "  + column late: integer"]


async def test_what_an_older_transaction_commits_after_newer_ones_is_seen(
    stage: asyncpg.Connection, actor: asyncpg.Connection, stage_database: Address
) -> None:
    third = await asyncpg.connect(**stage_database.asyncpg_arguments())
    watch = CatalogWatch(stage)
    before = await watch.refresh()
    older = actor.transaction()
    await older.start()
    await actor.execute("ALTER TABLE t1 ALTER note SET NOT NULL")
    await third.execute("ALTER TABLE t2 ADD newer int")
    await watch.refresh()
    await older.commit()
    after = await watch.refresh()
    assert after == await read_snapshot(stage)
    assert "  ~ column note: not null false -> true" in list(diff(before, after).lines())
    await third.close()


async def test_what_is_rolled_back_never_was(stage: asyncpg.Connection, actor: asyncpg.Connection) -> None:
    watch = CatalogWatch(stage)
    before = await watch.refresh()
    transaction = actor.transaction()
    await transaction.start()
    await actor.execute("DROP TABLE t1; CREATE TYPE status AS ENUM ('new')")
    await transaction.rollback()
    assert await watch.refresh() == before


async def test_an_invalid_index_is_seen(stage: asyncpg.Connection, actor: asyncpg.Connection) -> None:
    await actor.execute("INSERT INTO t1 VALUES (1, 'same'), (2, 'same')")
    watch = CatalogWatch(stage)
    before = await watch.refresh()
    with pytest.raises(asyncpg.UniqueViolationError):
        await actor.execute("CREATE UNIQUE INDEX CONCURRENTLY i ON t1 (note)")
    after = await watch.refresh()
    assert list(diff(before, after).lines()) == [
        "table t1",
        "  + index i: CREATE UNIQUE INDEX i ON public.t1 USING btree (note), valid false, ready false",
    ]
    await actor.execute("DELETE FROM t1 WHERE id = 2")
    await actor.execute("REINDEX INDEX CONCURRENTLY i")
    assert list(diff(after, await watch.refresh()).lines()) == [
        "table t1",
        "  ~ index i: valid false -> true; ready false -> true",
    ]


async def test_leaks_of_a_downgrade_are_seen(stage: asyncpg.Connection, actor: asyncpg.Connection) -> None:
    watch = CatalogWatch(stage)
    before = await watch.refresh()
    await actor.execute(
        "CREATE TYPE status AS ENUM ('new'); CREATE SEQUENCE numbers; CREATE FUNCTION f() RETURNS int RETURN 1;"
        "CREATE TABLE passing (id int); DROP TABLE passing"
    )
    after = await watch.refresh()
    assert [line.split(":")[0] for line in diff(before, after).lines()] == [
        "+ function f()",
        "+ sequence numbers",
        "+ type status",
    ]


async def test_the_left_out_table_stays_out(stage: asyncpg.Connection, actor: asyncpg.Connection) -> None:
    watch = CatalogWatch(stage, leave_out=frozenset({QualifiedName("public", "alembic_version")}))
    before = await watch.refresh()
    await actor.execute("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)")
    assert await watch.refresh() == before
    await actor.execute("DROP TABLE alembic_version")
    assert await watch.refresh() == before


async def test_in_a_transaction_it_refuses(stage: asyncpg.Connection) -> None:
    watch = CatalogWatch(stage)
    async with stage.transaction():
        with pytest.raises(RuntimeError, match="must not be in a transaction"):
            await watch.refresh()
    await watch.refresh()


async def test_a_failed_look_is_made_good_by_the_next(actor: asyncpg.Connection, stage_database: Address) -> None:
    reader = await asyncpg.connect(**stage_database.asyncpg_arguments())
    watch = CatalogWatch(reader)
    before = await watch.refresh()
    await actor.execute("ALTER TABLE t1 ADD late int")
    await reader.execute("SET statement_timeout = 1")
    transaction = actor.transaction()
    await transaction.start()
    await actor.execute("LOCK TABLE pg_class IN ACCESS EXCLUSIVE MODE")
    with pytest.raises(asyncpg.QueryCanceledError):
        await watch.refresh()
    await transaction.rollback()
    await reader.execute("RESET statement_timeout")
    after = await watch.refresh()
    assert list(diff(before, after).lines()) == ["table t1", "  + column late: integer"]
    await reader.close()
