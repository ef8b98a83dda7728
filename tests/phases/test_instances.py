"""Instances of the application tell that they are alive, for as long as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg
import pytest

from midflight.operations.ledger import ledger_statements
from midflight.phases.instances import Instance, heartbeat, leave, register
from midflight.phases.reading import LedgerClosedError, read_facts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from midflight.pg.addresses import Address

ONE = Instance("shop", ("b2",), version="1.4", host="web-1", process=12)


@pytest.fixture
async def connection(database: Address) -> AsyncIterator[asyncpg.Connection]:
    opened = await asyncpg.connect(**database.asyncpg_arguments())
    yield opened
    await opened.close()


async def make_ledger(connection: asyncpg.Connection) -> None:
    await connection.execute(";\n".join(("CREATE SCHEMA midflight", *ledger_statements())))


async def alive(connection: asyncpg.Connection) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.host, one.revisions) for one in (await read_facts(connection)).instances]


async def test_an_instance_is_alive_from_its_registration_until_it_leaves(connection: asyncpg.Connection) -> None:
    await make_ledger(connection)
    other = Instance("shop", ("b2", "x1"), host="web-2")
    assert await register(connection, ONE)
    assert await register(connection, other)
    assert await register(connection, ONE)  # again does no harm
    assert await alive(connection) == [("web-1", ("b2",)), ("web-2", ("b2", "x1"))]
    await leave(connection, ONE)
    assert await alive(connection) == [("web-2", ("b2", "x1"))]


async def test_one_that_is_silent_for_a_minute_is_gone_and_a_heartbeat_brings_it_back(
    connection: asyncpg.Connection,
) -> None:
    await make_ledger(connection)
    await register(connection, ONE)
    await connection.execute("UPDATE midflight.instance SET seen_at = clock_timestamp() - interval '59 s'")
    assert len(await alive(connection)) == 1
    await connection.execute("UPDATE midflight.instance SET seen_at = clock_timestamp() - interval '61 s'")
    assert await alive(connection) == []
    assert await heartbeat(connection, ONE)
    assert len(await alive(connection)) == 1


async def test_one_that_was_forgotten_registers_anew(connection: asyncpg.Connection) -> None:
    await make_ledger(connection)
    await register(connection, ONE)
    await connection.execute("UPDATE midflight.instance SET seen_at = clock_timestamp() - interval '2 days'")
    await register(connection, Instance("shop", ("c3",)))
    assert await connection.fetchval("SELECT count(*) FROM midflight.instance") == 1
    assert await heartbeat(connection, ONE)
    assert await connection.fetchval("SELECT count(*) FROM midflight.instance") == 2


async def test_before_there_is_a_ledger_nothing_is_told_and_nothing_fails(connection: asyncpg.Connection) -> None:
    assert not await register(connection, ONE)
    assert not await heartbeat(connection, ONE)
    await leave(connection, ONE)
    assert await alive(connection) == []
    await make_ledger(connection)
    assert await heartbeat(connection, ONE)
    assert len(await alive(connection)) == 1


async def test_an_application_needs_the_rights_of_one_table_alone(connection: asyncpg.Connection) -> None:
    await make_ledger(connection)
    await connection.execute(
        "CREATE ROLE phases_application; GRANT USAGE ON SCHEMA midflight TO phases_application;"
        "GRANT SELECT, INSERT, UPDATE, DELETE ON midflight.instance TO phases_application"
    )
    try:
        await connection.execute("SET ROLE phases_application")
        assert await register(connection, ONE)
        assert await heartbeat(connection, ONE)
        with pytest.raises(LedgerClosedError):
            await read_facts(connection)
        await leave(connection, ONE)
    finally:
        await connection.execute("RESET ROLE; DROP OWNED BY phases_application; DROP ROLE phases_application")
