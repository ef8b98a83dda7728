"""Connections to a database that people work with: they end soon, and what goes wrong is said without a password."""

from __future__ import annotations

from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

import asyncpg

from midflight.errors import DatabaseError
from midflight.pg.versions import Version

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from midflight.pg.addresses import Address

CONNECT_SECONDS = 10.0
CLOSE_SECONDS = 2.0

# A lock on a table that somebody changes is waited for by functions that tell its size.
# To compile a query of the catalog (jit) takes a thousand times as long as to run it.
_LIMITS = "SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = '30s'; SET LOCAL jit = off"


@contextmanager
def told(address: Address) -> Iterator[None]:
    """Turn what PostgreSQL, the driver or the network says into an error that names the database.

    Raises:
        DatabaseError: in place of theirs.
    """
    try:
        yield
    except TimeoutError as error:
        raise DatabaseError(f"{address}: it did not answer within {CONNECT_SECONDS:g} s") from error
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise DatabaseError(f"{address}: {reason or error}") from error


async def connect(address: Address) -> asyncpg.Connection:
    """Open a connection that prepares no named statements, which a pooler in transaction mode would lose."""
    connection: asyncpg.Connection = await asyncpg.connect(
        **address.asyncpg_arguments(), timeout=CONNECT_SECONDS, statement_cache_size=0
    )
    return connection


def version_of(connection: asyncpg.Connection) -> Version:
    """Return the server's version, which it told when the connection was made."""
    server = connection.get_server_version()
    return Version(server.major, server.micro)  # asyncpg reads 15.18 as 15.0.18


@asynccontextmanager
async def looking(address: Address, *, read_only: bool = True) -> AsyncIterator[asyncpg.Connection]:
    """Yield a connection in one short transaction that is never committed.

    Args:
        address: the database.
        read_only: whether PostgreSQL itself is told to refuse any change.

    Raises:
        DatabaseError: where it cannot be reached or refuses.
    """
    with told(address):
        connection = await connect(address)
        try:
            transaction = connection.transaction(readonly=read_only)
            await transaction.start()
            await connection.execute(_LIMITS)
            yield connection
            await transaction.rollback()
        finally:
            await leave(connection)


async def leave(connection: asyncpg.Connection) -> None:
    """Close a connection, in whatever state it is."""
    try:
        await connection.close(timeout=CLOSE_SECONDS)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
        connection.terminate()
