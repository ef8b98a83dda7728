"""A shadow on a server that the user gave: throw-away databases, always dropped."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg

from midflight.errors import ShadowError
from midflight.pg.versions import OLDEST_SUPPORTED, Version
from midflight.shadow.databases import Connection, drop_dead
from midflight.shadow.shadow import ServerFacts, Shadow

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from midflight.pg.addresses import Address

CONNECT_SECONDS = 10.0

# What must hold of a server before a database is made on it.
LOOK = """
SELECT
    current_setting('server_version_num')::int AS version,
    pg_is_in_recovery() AS standby,
    pg_backend_pid() AS process
"""

# The maintenance session is idle during a whole check, and holds the locks that mark its databases as living.
STAY = "SET idle_session_timeout = 0"


@asynccontextmanager
async def given_shadow(address: Address, major: int | None) -> AsyncIterator[Shadow]:
    """Create a throw-away database on the server, and drop it when the block is left.

    ``address`` names the database from which that is done; nothing in it is touched.
    """
    connection = await _connect(address)
    try:
        facts = await _look(connection, address, major)
        await connection.execute(STAY)
        await drop_dead(connection)
        shadow = Shadow(facts, address, connection)
        try:
            await shadow.open_first()
            yield shadow
        finally:
            await shadow.drop_all()
    finally:
        connection.terminate()


async def _connect(address: Address) -> Connection:
    arguments = address.asyncpg_arguments() | {"server_settings": {"application_name": "midflight"}}
    try:
        # no cache of prepared statements, so that a pooler in front is met by our own words
        return await asyncpg.connect(**arguments, timeout=CONNECT_SECONDS, statement_cache_size=0)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        raise explain_refusal(address, error) from None


def explain_refusal(address: Address, error: Exception) -> ShadowError:
    """Say why a connection did not come about, in words without a password."""
    server = f"PostgreSQL at {address}"
    if isinstance(error, TimeoutError):
        return ShadowError(f"{server} did not answer within {CONNECT_SECONDS:.0f} s")
    if isinstance(error, asyncpg.InvalidPasswordError):
        return ShadowError(f"{server} does not accept the password of {address.user}")
    if isinstance(error, asyncpg.InvalidAuthorizationSpecificationError):
        return ShadowError(f"{server} does not let {address.user} in: {error}")
    if isinstance(error, asyncpg.InvalidCatalogNameError):
        hint = "name a database that exists, such as postgres; Midflight makes its own beside it"
        return ShadowError(f"{server}: there is no database {address.database}", hint=hint)
    if isinstance(error, OSError):
        return ShadowError(f"{server} cannot be reached: {error.strerror or error}")
    return ShadowError(f"{server} refuses the connection: {error}")


async def _look(connection: Connection, address: Address, major: int | None) -> ServerFacts:
    row = await connection.fetchrow(LOOK)
    assert row is not None
    where = f"the server at {address.host}:{address.port}"
    version = Version.from_number(row["version"])
    # A pooler hands out cancel keys of its own making; a server's holds the number of its process.
    pooled = row["process"] != connection.get_server_pid()
    if problem := find_problem(version, major, standby=row["standby"], pooled=pooled):
        msg = f"{where} (PostgreSQL {version}) cannot be the shadow: {problem}"
        raise ShadowError(msg)
    return ServerFacts(version, "given", f"PostgreSQL {version}, {where}")


def find_problem(version: Version, major: int | None, *, standby: bool, pooled: bool) -> str | None:
    """Return why a server is no good as a shadow; None where it is."""
    if version.major < OLDEST_SUPPORTED:
        return f"PostgreSQL {OLDEST_SUPPORTED} is the oldest that Midflight supports"
    if major not in {None, version.major}:
        return f"PostgreSQL {major} was asked for"
    if standby:
        return "it is a standby, where nothing can be created"
    if pooled:
        return "a connection pooler such as PgBouncer stands in front of it; give the server's own address"
    return None
