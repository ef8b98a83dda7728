"""The table is cleaned while its rows change, so that the new copies of rows take the place of dead ones."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from midflight.backfill.connection import STATEMENT_SECONDS
from midflight.backfill.events import TableVacuumed
from midflight.backfill.pace import vacuum_is_due

if TYPE_CHECKING:
    import asyncpg

    from midflight.backfill.braking import Braking
    from midflight.backfill.job import Job
    from midflight.backfill.ledger import Beat
    from midflight.backfill.shared import Shared
    from midflight.sql.names import Name

_TRY_LOCK = "SELECT pg_try_advisory_lock(hashtext('midflight backfill vacuum'), $1)"
_UNLOCK = "SELECT pg_advisory_unlock(hashtext('midflight backfill vacuum'), $1)"
_NOTE = "UPDATE midflight.backfill SET rows_vacuumed = $2 WHERE id = $1 AND rows_vacuumed < $2 RETURNING id"


async def vacuum_if_due(
    connection: asyncpg.Connection, shared: Shared, job: Job, table: Name, beat: Beat, brakes: Braking
) -> None:
    """Vacuum a table where enough rows were changed since it last was; one worker at a time."""
    changed = beat.rows_changed - beat.rows_vacuumed
    if not vacuum_is_due(brakes.pace, changed, beat.rows_estimated, brakes.brake):
        return
    lock = job.id % 2**31
    if not await connection.fetchval(_TRY_LOCK, lock):
        return
    try:
        if await connection.fetchval(_NOTE, job.id, beat.rows_changed):
            await _vacuum(connection, shared, table)
    finally:
        if not connection.is_closed():
            await connection.fetchval(_UNLOCK, lock)


async def _vacuum(connection: asyncpg.Connection, shared: Shared, table: Name) -> None:
    """Without the truncation at its end, which takes a lock that all queries wait behind."""
    began = time.monotonic()
    await connection.execute("SET statement_timeout = 0")
    await connection.execute(f"VACUUM (TRUNCATE false, SKIP_LOCKED true) {table.sql}")
    await connection.execute(f"SET statement_timeout = '{STATEMENT_SECONDS:.0f}s'")
    shared.course.listener(TableVacuumed(str(table), time.monotonic() - began))
