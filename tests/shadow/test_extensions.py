from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING

import asyncpg
import pytest

from midflight.pg.versions import Version
from midflight.shadow.choice import ShadowChoice
from midflight.shadow.extensions import (
    EMBEDDED,
    EMBEDDED_IF_SYSTEM,
    explain_missing_extension,
    explain_missing_feature,
)
from midflight.shadow.shadow import ServerFacts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from midflight.pg.addresses import Address
    from midflight.shadow.databases import Connection

MACHINE = ServerFacts(Version(15, 19), "machine", "PostgreSQL 15.19 of this machine (/programs)")
WHEEL = ServerFacts(Version(18, 1), "embedded", "embedded PostgreSQL 18.1")
ON_THE_EMBEDDED_SERVER = pytest.mark.parametrize(
    "shared", [pytest.param(ShadowChoice("embedded", 18), id="pg18")], indirect=True
)
ASKED_FOR = {
    "pgcrypto",
    "uuid-ossp",
    "citext",
    "pg_trgm",
    "hstore",
    "btree_gin",
    "btree_gist",
    "fuzzystrmatch",
    "ltree",
}


@pytest.fixture
async def connection(database: Address) -> AsyncIterator[Connection]:
    opened: Connection = await asyncpg.connect(**database.asyncpg_arguments())
    yield opened
    await opened.close()


@pytest.fixture
async def ossp(connection: Connection) -> Connection:
    await connection.execute('CREATE SCHEMA elsewhere; CREATE EXTENSION "uuid-ossp" SCHEMA elsewhere')
    return connection


@ON_THE_EMBEDDED_SERVER
async def test_every_extension_in_the_list_works_on_the_embedded_server(connection: Connection) -> None:
    for name in EMBEDDED:
        await connection.execute(f'CREATE EXTENSION IF NOT EXISTS "{name}" CASCADE')
    assert ASKED_FOR <= EMBEDDED


@ON_THE_EMBEDDED_SERVER
async def test_the_list_leaves_out_nothing_that_the_embedded_server_has(connection: Connection) -> None:
    names = {row["name"] for row in await connection.fetch("SELECT name FROM pg_available_extensions")}
    assert names == EMBEDDED | EMBEDDED_IF_SYSTEM


async def test_uuid_ossp_hashes_names_as_the_standard_says(ossp: Connection) -> None:
    spaces = {
        "dns": uuid.NAMESPACE_DNS,
        "url": uuid.NAMESPACE_URL,
        "oid": uuid.NAMESPACE_OID,
        "x500": uuid.NAMESPACE_X500,
    }
    for space, expected in spaces.items():
        assert await ossp.fetchval(f"SELECT elsewhere.uuid_ns_{space}()") == expected
        for name in ("", "www.example.com", "Straße", "x" * 500):
            query = f"SELECT elsewhere.uuid_generate_v%d(elsewhere.uuid_ns_{space}(), $1)"
            assert await ossp.fetchval(query % 3, name) == uuid.uuid3(expected, name)
            assert await ossp.fetchval(query % 5, name) == uuid.uuid5(expected, name)
    assert await ossp.fetchval("SELECT elsewhere.uuid_nil()") == uuid.UUID(int=0)


async def test_uuid_ossp_makes_values_that_differ(ossp: Connection) -> None:
    for function, version in (("uuid_generate_v1", 1), ("uuid_generate_v1mc", 1), ("uuid_generate_v4", 4)):
        rows = await ossp.fetch(f"SELECT elsewhere.{function}() AS made FROM generate_series(1, 1000)")
        made = {uuid.UUID(str(row["made"])) for row in rows}
        assert len(made) == 1000
        assert {value.version for value in made} == {version}
        assert {value.variant for value in made} == {uuid.RFC_4122}


async def test_uuid_ossp_counts_time_from_1582(ossp: Connection) -> None:
    made = uuid.UUID(str(await ossp.fetchval("SELECT elsewhere.uuid_generate_v1mc()")))
    assert abs((made.time - 0x01B21DD213814000) / 1e7 - time.time()) < 60
    assert made.node >> 40 & 1  # multicast


@pytest.mark.parametrize(
    ("name", "facts", "words"),
    [
        ("vector", MACHINE, "--shadow embedded"),
        ("vector", MACHINE, "postgresql-15-pgvector"),
        ("pg_trgm", MACHINE, "postgresql-contrib"),
        ("timescaledb", MACHINE, "timescale/timescaledb-ha"),
        ("postgis", WHEEL, "postgresql-18-postgis-3"),
        ("pg_cron", WHEEL, "postgresql-18-cron"),
        ("no_such_thing", WHEEL, "give a server that has it: --shadow URL"),
        ("uuid_ossp", WHEEL, "did you mean uuid-ossp?"),
        ("trgm", WHEEL, "did you mean pg_trgm?"),
    ],
)
def test_says_which_server_has_a_missing_extension(name: str, facts: ServerFacts, words: str) -> None:
    text = explain_missing_extension(name, facts, EMBEDDED if facts is WHEEL else ())
    assert words in text
    assert facts.where in text


def test_never_sends_the_embedded_server_to_itself() -> None:
    assert "--shadow embedded" not in explain_missing_extension("pg_trgm", WHEEL)


@ON_THE_EMBEDDED_SERVER
async def test_says_which_server_has_icu(connection: Connection) -> None:
    for statement in (
        "CREATE COLLATION plain (provider = icu, locale = 'und', deterministic = false)",
        'CREATE TABLE words (word text COLLATE "und-x-icu")',
    ):
        with pytest.raises(asyncpg.PostgresError) as caught:
            await connection.execute(statement)
        assert "built without ICU" in str(explain_missing_feature(str(caught.value), WHEEL))
    with pytest.raises(asyncpg.PostgresError) as caught:
        await connection.execute('CREATE TABLE words (word text COLLATE "xx_XX.utf8")')
    assert "locales" in str(explain_missing_feature(str(caught.value), WHEEL))
    with pytest.raises(asyncpg.PostgresError) as caught:
        await connection.execute("SELECT pg_create_logical_replication_slot('s', 'pgoutput')")
    assert "wal_level = logical" in str(explain_missing_feature(str(caught.value), WHEEL))


def test_says_nothing_about_other_errors() -> None:
    assert explain_missing_feature('relation "users" does not exist', WHEEL) is None
