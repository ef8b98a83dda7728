"""Tells whether a pooler stands between us and PostgreSQL that gives a session's work to several servers.

A session of PgBouncer in transaction mode keeps no advisory lock, no ``SET`` and no prepared statement from one
transaction to the next: https://www.pgbouncer.org/features.html
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

import asyncpg

from midflight.runner.live import connect, leave, told

if TYPE_CHECKING:
    from midflight.pg.addresses import Address

WAIT_SECONDS = 2.0
"""How long a second session may wait for a server: a pool in session mode may have one only."""

_NO_TRANSACTIONS = "transaction blocks not allowed"
"""What PgBouncer says in statement mode."""


async def shares_sessions(address: Address) -> bool:
    """Tell whether two transactions of one session may be served by different processes.

    One session begins three times, and the third time while another one is inside of a transaction: only a pooler gives
    the other session the first one's process, or the first one a new process. A pooler in session mode does neither.

    Raises:
        DatabaseError: where the database cannot be reached.
    """
    with told(address):
        one, other = await _two(address)
        try:
            return await _are_shared(one, other)
        except asyncpg.PostgresError as error:
            if _NO_TRANSACTIONS in str(error):
                return True
            raise
        finally:
            await asyncio.gather(leave(one), leave(other))


async def _two(address: Address) -> tuple[asyncpg.Connection, asyncpg.Connection]:
    opened = await asyncio.gather(connect(address), connect(address), return_exceptions=True)
    failures = [one for one in opened if isinstance(one, BaseException)]
    if not failures:
        return cast("tuple[asyncpg.Connection, asyncpg.Connection]", tuple(opened))
    for one in opened:
        if not isinstance(one, BaseException):
            await leave(one)
    raise failures[0]


async def _are_shared(one: asyncpg.Connection, other: asyncpg.Connection) -> bool:
    first = await _process(one)
    if await _process(one) != first:
        return True
    try:
        held = await asyncio.wait_for(_begin(other), WAIT_SECONDS)
    except TimeoutError:
        return False  # a pool of one server, and the first session has it although it is idle
    return held == first or await _process(one) != first


async def _process(connection: asyncpg.Connection) -> int:
    """Return the process that serves a transaction."""
    process = await _begin(connection)
    await connection.execute("COMMIT")
    return process


async def _begin(connection: asyncpg.Connection) -> int:
    await connection.execute("BEGIN")
    process: int = await connection.fetchval("SELECT pg_backend_pid()")
    return process
