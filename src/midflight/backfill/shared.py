"""What the workers of one process share: how long they may go on, the brakes, what they tell."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from midflight.backfill.braking import Braking, braking
from midflight.backfill.events import BackfillProgress, BackfillStarted, ignore

if TYPE_CHECKING:
    from collections.abc import Callable

    from midflight.backfill.changing import BatchFunction
    from midflight.backfill.events import Listener
    from midflight.backfill.job import Job
    from midflight.backfill.ledger import Beat
    from midflight.pg.addresses import Address
    from midflight.settings import Pace

LEASE = timedelta(seconds=15)
"""A worker that was not heard of for so long is dead, and its range is taken over."""
BEAT_SECONDS = 1.0
"""How often a worker says that it lives, and learns what was asked of it."""
MOST_FAILURES = 100
"""So many rows that cannot be changed stop a backfill: then it is not the rows."""
_TELL_SECONDS = 0.9
_MEASURED = 5
"""Over so many looks the speed is measured."""


@dataclass(frozen=True, slots=True)
class Course:
    """What the workers were asked."""

    address: Address
    name: str | None
    """The backfill; None for all that there are."""
    functions: Callable[[str], BatchFunction]
    pace: Pace
    role: str | None = None
    listener: Listener = ignore
    lease: timedelta = LEASE
    most_failures: int = MOST_FAILURES
    waits: bool = False
    """Whether they stay when nothing is left to do."""


@dataclass(slots=True)
class Shared:
    """Lives as long as the workers do."""

    course: Course
    stop: asyncio.Event
    stack: AsyncExitStack
    deadline: float | None = None
    rows: int = 0
    """That our workers have looked at."""
    worked_on: set[str] = field(default_factory=set)
    _brakes: dict[int, Braking] = field(default_factory=dict)
    _opening: asyncio.Lock = field(default_factory=asyncio.Lock)
    _told: dict[int, deque[tuple[float, int]]] = field(default_factory=dict)

    @property
    def is_over(self) -> bool:
        """Whether the workers were asked to stop, or their time is up."""
        return self.stop.is_set() or (self.deadline is not None and time.monotonic() >= self.deadline)

    async def rest(self, seconds: float) -> None:
        """Wait, but not when it is over."""
        left = seconds if self.deadline is None else min(seconds, max(self.deadline - time.monotonic(), 0.0))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.stop.wait(), left)

    async def begin(self, job: Job) -> Braking:
        """Return what brakes a backfill: one look for all workers."""
        async with self._opening:
            if job.id not in self._brakes:
                opened = braking(self.course.address, job.table, self.course.pace)
                self._brakes[job.id] = await self.stack.enter_async_context(opened)
                self.course.listener(BackfillStarted(job.name, str(job.table), job.rows_estimated, job.state))
            return self._brakes[job.id]

    def tell(self, job: Job, beat: Beat, brake: str | None) -> None:
        """Tell how far a backfill is, once a second."""
        now, seen = time.monotonic(), self._told.setdefault(job.id, deque(maxlen=_MEASURED))
        if seen and now - seen[-1][0] < _TELL_SECONDS:
            return
        seen.append((now, beat.rows_read))
        (then, before), took = seen[0], now - seen[0][0]
        speed = (beat.rows_read - before) / took if took and then else 0.0
        self.course.listener(
            BackfillProgress(
                job.name,
                beat.state,
                beat.rows_read,
                beat.rows_changed,
                beat.rows_estimated,
                round(speed, 1),
                beat.failures,
                brake,
            )
        )
