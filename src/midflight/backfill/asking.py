"""What a person asks of a backfill: to pause, to go on, to try again, to give up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import asyncpg

from midflight.backfill import ledger
from midflight.backfill.job import Job, JobState
from midflight.errors import UsageError
from midflight.runner.live import connect, leave, told

if TYPE_CHECKING:
    from midflight.pg.addresses import Address

Request = Callable[[asyncpg.Connection, Job], Awaitable[bool]]
"""Does it, and tells whether the state allowed it."""


async def ask(address: Address, name: str, request: Request) -> Job:
    """Ask something of a backfill, and return how it stands then. Workers learn of it within a second or so.

    Raises:
        UsageError: where there is none of that name, or it is in a state in which that means nothing.
        DatabaseError: where the server is in the way.
    """
    with told(address):
        connection = await connect(address)
        try:
            async with connection.transaction():
                job = await _read(connection, name)
                if not await request(connection, job):
                    raise UsageError(f"the backfill {name} is {job.state}")
                return await _read(connection, name)
        finally:
            await leave(connection)


async def pause(connection: asyncpg.Connection, job: Job) -> bool:
    """Let nobody work on it until it is resumed."""
    return await ledger.move(connection, job, JobState.PAUSED)


async def resume(connection: asyncpg.Connection, job: Job) -> bool:
    """Let it go on where it was."""
    return job.state is JobState.PAUSED and await ledger.move(connection, job, await _going(connection, job))


async def retry(connection: asyncpg.Connection, job: Job) -> bool:
    """Try the rows once more that could not be changed; let it go on if it has failed."""
    rows = await ledger.retry_failures(connection, job)
    if job.state is not JobState.FAILED:
        return rows > 0
    return await ledger.move(connection, job, await _going(connection, job))


async def cancel(connection: asyncpg.Connection, job: Job) -> bool:
    """Give it up; what it has changed stays."""
    return await ledger.move(connection, job, JobState.CANCELLED)


async def _going(connection: asyncpg.Connection, job: Job) -> JobState:
    return JobState.RUNNING if await ledger.has_ranges(connection, job) else JobState.PENDING


async def _read(connection: asyncpg.Connection, name: str) -> Job:
    job = await ledger.read_job(connection, name)
    if job is None:
        raise UsageError(f"there is no backfill {name}", hint="midflight backfill status lists all")
    return job
