"""One worker: its connection, and what it does next."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING

import asyncpg

from midflight.backfill import ledger
from midflight.backfill.changing import Batches
from midflight.backfill.connection import name_after, opened
from midflight.backfill.events import ConnectionLost
from midflight.backfill.figures import as_rows
from midflight.backfill.job import LIVE, JobState
from midflight.backfill.passage import Passage
from midflight.backfill.planning import add_new_leaves, begin
from midflight.backfill.trouble import Trouble, said, trouble_of

if TYPE_CHECKING:
    from midflight.backfill.job import Job
    from midflight.backfill.shared import Shared

OUTAGE_SECONDS = 600.0
"""For how long a server may be away before a worker gives up."""
MOST_IN_VAIN = 20
"""So many connections that are lost at the same batch are the batch's own fault."""
_LONGEST_PAUSE = 5.0
_IDLE_SECONDS = 0.1
"""How often it is looked whether there is something to do again."""
MOST_PASSES = 10


class Worker:
    """Takes range after range, on a connection of its own."""

    def __init__(self, shared: Shared) -> None:
        """Take what the workers share."""
        self._shared = shared
        self._id = uuid.uuid4()
        self._passage: Passage | None = None
        self._lost: float | None = None
        """Since when there is no connection."""
        self._pause = 0.1
        self._was_connected = False
        self._in_vain = 0
        """How many connections in a row were lost before any batch was through."""
        self._rows_before = -1

    async def run(self) -> None:
        """Work until nothing is left, or it is over; a lost connection is made again.

        Raises:
            MidflightError: as ``work`` does.
        """
        while True:
            try:
                await self._connect_and_serve()
            except Exception as error:
                if trouble_of(error) is not Trouble.GONE or not self._was_connected:
                    raise
                if self._shared.is_over:
                    return  # what it has is taken over when its lease ends
                if not await self._may_wait(error):
                    raise
            else:
                return

    async def _connect_and_serve(self) -> None:
        course = self._shared.course
        async with opened(course.address, course.role, course.pace) as connection:
            self._was_connected, self._lost, self._pause = True, None, 0.1
            self._in_vain = self._in_vain + 1 if self._shared.rows == self._rows_before else 0
            self._rows_before = self._shared.rows
            await self._serve(connection)

    async def _may_wait(self, error: Exception) -> bool:
        """Wait before the next try to connect, each time longer; tell whether there is one."""
        now = time.monotonic()
        self._lost = self._lost or now
        if now - self._lost > OUTAGE_SECONDS or self._in_vain > MOST_IN_VAIN:
            return False
        self._shared.course.listener(ConnectionLost(said(error), self._pause))
        await self._shared.rest(self._pause)
        self._pause = min(self._pause * 2, _LONGEST_PAUSE)
        return True

    async def _serve(self, connection: asyncpg.Connection) -> None:
        self._passage = None
        while not self._shared.is_over and await self._turn(connection):
            pass
        if await ledger.has_ledger(connection):
            await ledger.leave(connection, self._id)

    async def _turn(self, connection: asyncpg.Connection) -> bool:
        """Do the next thing that there is to do; tell whether there may be more."""
        jobs = [job for job in await ledger.read_jobs(connection, self._shared.course.name) if job.state in LIVE]
        for job in jobs:
            try:
                if await self._work_for(connection, job):
                    return True
            except asyncpg.PostgresError as error:  # of the ledger, or a table that somebody has locked; not of a batch
                if trouble_of(error) is not Trouble.BUSY:
                    raise
        if jobs or self._shared.course.waits:
            await self._shared.rest(_IDLE_SECONDS)
            return True
        return False

    async def _work_for(self, connection: asyncpg.Connection, job: Job) -> bool:
        """Tell whether there was anything to do for us."""
        self._shared.worked_on.add(job.name)
        if job.state is JobState.PENDING:
            await begin(connection, job)
            return True
        passage = await self._passage_of(connection, job)
        if await passage.try_again(connection):
            return True
        state = "open" if job.state is JobState.RUNNING else "done"
        part = await ledger.claim(connection, job, self._id, state, self._shared.course.lease)
        if part is None:
            return await _settle(connection, job)
        if await passage.go_through(connection, part):
            await _begin_pass(connection, job)
        return True

    async def _passage_of(self, connection: asyncpg.Connection, job: Job) -> Passage:
        if self._passage is None or self._passage.job != job:
            function = self._shared.course.functions(job.function) if job.function else None
            brakes = await self._shared.begin(job)
            await name_after(connection, job.name)
            batches = Batches(job, self._id, self._shared.course.lease, function)
            rows = self._passage.rows if self._passage else None
            self._passage = Passage(self._shared, batches, brakes, rows)
        return self._passage


async def _settle(connection: asyncpg.Connection, job: Job) -> bool:
    """Where no range is left, turn the backfill into its next state; tell whether there may be more to do at once."""
    async with connection.transaction():
        standing = await ledger.read_standing(connection, job)
        if standing is None or standing.state is not job.state:
            return True
        if standing.open or standing.again or (job.state is JobState.VERIFYING and standing.done):
            return False  # other workers have them
        if standing.failures:
            await ledger.move(connection, job, JobState.FAILED, f"{as_rows(standing.failures)} cannot be changed")
        elif await add_new_leaves(connection, job):
            if job.state is JobState.VERIFYING:
                await ledger.begin_pass(connection, job)
        elif job.state is JobState.VERIFYING or job.wrong is None:
            await ledger.move(connection, job, JobState.FINISHED)
        else:
            await ledger.move(connection, job, JobState.VERIFYING)
    return True


async def _begin_pass(connection: asyncpg.Connection, job: Job) -> None:
    """A row was found that is wrong still."""
    if await ledger.begin_pass(connection, job) > MOST_PASSES:
        error = f"rows are wrong still after {MOST_PASSES} passes: who writes them, and why does no trigger mend them?"
        await ledger.move(connection, job, JobState.FAILED, error)
