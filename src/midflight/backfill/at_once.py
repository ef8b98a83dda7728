"""The rows of a small table are changed by a Python function in one transaction, which is somebody else's."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

from midflight.backfill import ledger
from midflight.backfill.changing import Batches
from midflight.backfill.job import JobState
from midflight.backfill.planning import begin
from midflight.backfill.shared import LEASE
from midflight.backfill.trouble import said
from midflight.errors import DatabaseError

if TYPE_CHECKING:
    import asyncpg

    from midflight.backfill.changing import BatchFunction
    from midflight.backfill.job import Job

ROWS = 1000
"""Of a batch: what a function is given at a time."""


async def change_by_function(connection: asyncpg.Connection, name: str, function: BatchFunction) -> None:
    """Change all rows, and verify them.

    Raises:
        DatabaseError: where the function fails, or a row is wrong after it.
    """
    job = await _read(connection, name)
    await begin(connection, job)
    job = await _read(connection, name)
    batches = Batches(job, uuid.uuid4(), LEASE, function)
    await _go_through(connection, batches, "open")
    if job.wrong is not None:
        await ledger.move(connection, job, JobState.VERIFYING)
        await _go_through(connection, batches, "done")
    await ledger.move(connection, job, JobState.FINISHED)


async def _go_through(connection: asyncpg.Connection, batches: Batches, state: str) -> None:
    method = batches.change if state == "open" else batches.verify
    while part := await ledger.claim(connection, batches.job, batches.worker, state, LEASE):
        key = await ledger.read_key(connection, part.table, batches.job.changed)
        while part.state == state:
            try:
                done = await method(connection, part, key, ROWS)
            except Exception as error:
                raise DatabaseError(f"the backfill {batches.job.name}: {said(error)}") from error
            assert done is not None
            part = replace(part, position=done.position, state=done.state)
            if (state, part.state) == ("done", "open"):
                raise DatabaseError(f"the backfill {batches.job.name}: rows are wrong still, after the function")


async def _read(connection: asyncpg.Connection, name: str) -> Job:
    job = await ledger.read_job(connection, name)
    assert job is not None
    return job
