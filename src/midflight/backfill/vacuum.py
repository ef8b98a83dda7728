"""The table is cleaned while its rows change, so that the new copies of rows take the place of dead ones."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from midflight.backfill.connection import STATEMENT_SECONDS

if TYPE_CHECKING:
    import asyncpg

    from midflight.backfill.job import Job
    from midflight.sql.names import Name

_TRY_LOCK = "SELECT pg_try_advisory_lock(hashtext('midflight backfill vacuum'), $1)"
_UNLOCK = "SELECT pg_advisory_unlock(hashtext('midflight backfill vacuum'), $1)"
_NOTE = "UPDATE midflight.backfill SET rows_vacuumed = $2 WHERE id = $1 AND rows_vacuumed < $2 RETURNING id"


async def vacuum(connection: asyncpg.Connection, job: Job, table: Name, changed: int) -> float | None:
    """Vacuum a table, one worker at a time; return the seconds that it took, None where another worker does it.

    Args:
        connection: in no transaction.
        job: the backfill.
        table: of which rows were changed.
        changed: how many rows the backfill has changed by now.
    """
    lock = job.id % 2**31
    if not await connection.fetchval(_TRY_LOCK, lock):
        return None
    try:
        if await connection.fetchval(_NOTE, job.id, changed) is None:
            return None
        return await _vacuum(connection, table)
    finally:
        if not connection.is_closed():
            await connection.fetchval(_UNLOCK, lock)


async def _vacuum(connection: asyncpg.Connection, table: Name) -> float:
    """Without the truncation at its end, which takes a lock that all queries wait behind."""
    began = time.monotonic()
    await connection.execute("SET statement_timeout = 0")
    await connection.execute(f"VACUUM (TRUNCATE false, SKIP_LOCKED true) {table.sql}")
    await connection.execute(f"SET statement_timeout = '{STATEMENT_SECONDS:.0f}s'")
    return time.monotonic() - began
