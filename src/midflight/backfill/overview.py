"""How all backfills of a database stand, at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from midflight.backfill import ledger

if TYPE_CHECKING:
    import asyncpg

    from midflight.backfill.job import Job
    from midflight.backfill.ledger import Failure, Progress, WorkerSeen

SILENT_SECONDS = 30.0
"""A worker that was not heard of for so long is not shown."""
FAILURES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class BackfillStatus:
    """A backfill, who is at work on it, and what could not be changed."""

    job: Job
    progress: Progress
    workers: tuple[WorkerSeen, ...]
    failures: tuple[Failure, ...]
    """The first ones."""

    @property
    def rows_per_second(self) -> float:
        """Of all workers."""
        return sum(worker.rows_per_second for worker in self.workers)

    @property
    def seconds_left(self) -> float | None:
        """Roughly, of the first pass; None where nobody can tell."""
        left = self.job.rows_estimated - self.progress.rows_read
        if self.job.state != "running" or left <= 0 or not self.rows_per_second:
            return None
        return left / self.rows_per_second


async def read_backfills(connection: asyncpg.Connection, name: str | None = None) -> tuple[BackfillStatus, ...]:
    """Return how all backfills stand, or the one of a name; none where nothing was ever registered."""
    return tuple([await _status(connection, job) for job in await ledger.read_jobs(connection, name)])


async def _status(connection: asyncpg.Connection, job: Job) -> BackfillStatus:
    return BackfillStatus(
        job,
        await ledger.read_progress(connection, job),
        await ledger.read_workers(connection, job, SILENT_SECONDS),
        await ledger.read_failures(connection, job, FAILURES_SHOWN),
    )
