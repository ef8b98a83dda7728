"""Workers: each takes range after range of the backfills that there are, until nothing is left."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from midflight.backfill import ledger
from midflight.backfill.changing import BatchFunction
from midflight.backfill.events import BackfillEnded, ignore
from midflight.backfill.job import LIVE, JobState
from midflight.backfill.shared import LEASE, MOST_FAILURES, Course, Shared
from midflight.backfill.turns import Worker
from midflight.errors import UsageError
from midflight.runner.live import connect, leave, told

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    import asyncpg

    from midflight.backfill.events import Listener
    from midflight.backfill.job import Job
    from midflight.pg.addresses import Address
    from midflight.settings import Pace

__all__ = ["BatchFunction", "Outcome", "Worked", "work"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a backfill stands when our workers leave."""

    name: str
    state: JobState
    rows_changed: int
    """In all, by all workers."""
    failures: int
    error: str | None

    @property
    def is_failed(self) -> bool:
        """Whether somebody has to look at it."""
        return self.state is JobState.FAILED or self.failures > 0


@dataclass(frozen=True, slots=True)
class Worked:
    """What our workers have done."""

    rows: int
    """At which they have looked."""
    outcomes: tuple[Outcome, ...]

    @property
    def is_failed(self) -> bool:
        """Whether somebody has to look at one of them."""
        return any(outcome.is_failed for outcome in self.outcomes)


async def work(
    address: Address,
    name: str | None,
    *,
    functions: Callable[[str], BatchFunction],
    pace: Pace,
    workers: int = 1,
    seconds: float | None = None,
    listener: Listener = ignore,
    stop: asyncio.Event | None = None,
    role: str | None = None,
    lease: timedelta = LEASE,
    most_failures: int = MOST_FAILURES,
    waits: bool = False,
) -> Worked:
    """Work on backfills until nothing is left to do.

    Args:
        address: the database.
        name: of the backfill; None for all, the oldest first.
        functions: finds the Python function that a backfill names.
        pace: how the traffic is spared.
        workers: how many work at once, each on a connection of its own.
        seconds: after which they stop, at the end of a batch; None for never.
        listener: is told what happens.
        stop: stops them at the end of a batch.
        role: to become (SET ROLE).
        lease: after what silence a worker is dead, and its range taken over.
        most_failures: so many rows that cannot be changed stop a backfill.
        waits: whether they stay when nothing is left, for what is registered later.

    Raises:
        DatabaseError: where the server cannot be reached, or cannot go on.
        UsageError: where there is no backfill of that name.
        ProjectError: where a function cannot be found.
    """
    course = Course(address, name, functions, pace, role, listener, lease, most_failures, waits)
    deadline = None if seconds is None else time.monotonic() + seconds
    with told(address):
        await _must_be_there(course)
        async with AsyncExitStack() as stack:
            shared = Shared(course, stop or asyncio.Event(), stack, deadline)
            await _run(shared, workers)
        outcomes = await _outcomes(course, shared)
    for outcome in outcomes:
        listener(BackfillEnded(outcome.name, outcome.state, outcome.rows_changed, outcome.failures, outcome.error))
    return Worked(shared.rows, outcomes)


async def _run(shared: Shared, workers: int) -> None:
    """Where one fails, the others stop at the end of their batches."""
    tasks = [asyncio.create_task(Worker(shared).run()) for _ in range(workers)]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        if any(task.done() and task.exception() for task in tasks):
            shared.deadline = 0.0
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _must_be_there(course: Course) -> None:
    if course.name is None or course.waits:
        return
    connection = await connect(course.address)
    try:
        if await ledger.read_job(connection, course.name) is None:
            raise UsageError(f"there is no backfill {course.name}", hint="midflight backfill status lists all")
    finally:
        await leave(connection)


async def _outcomes(course: Course, shared: Shared) -> tuple[Outcome, ...]:
    connection = await connect(course.address)
    try:
        jobs = await ledger.read_jobs(connection, course.name)
        return tuple([await _outcome(connection, job) for job in jobs if _concerns(job, course, shared)])
    finally:
        await leave(connection)


def _concerns(job: Job, course: Course, shared: Shared) -> bool:
    return job.name in shared.worked_on or job.name == course.name or job.state in LIVE


async def _outcome(connection: asyncpg.Connection, job: Job) -> Outcome:
    progress = await ledger.read_progress(connection, job)
    return Outcome(job.name, job.state, progress.rows_changed, progress.failures, job.error)
