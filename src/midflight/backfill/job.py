"""A backfill as its ledger has it, and the states through which it goes."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from midflight.sql.names import Name


class JobState(enum.StrEnum):
    """How far a backfill is."""

    PENDING = "pending"
    """Registered; nobody has begun."""
    RUNNING = "running"
    """Its rows are being changed."""
    VERIFYING = "verifying"
    """All ranges were gone through; now each is looked at again for rows that are wrong."""
    PAUSED = "paused"
    """Somebody has asked for it: nothing is done until it is resumed."""
    FINISHED = "finished"
    """No row is wrong: it was verified."""
    FAILED = "failed"
    """It cannot go on, or is through but for rows that cannot be changed; ``error`` tells."""
    CANCELLED = "cancelled"
    """Somebody has given it up."""


MOVES: Mapping[JobState, frozenset[JobState]] = {
    # A worker begins, or finds that it cannot.
    JobState.PENDING: frozenset({JobState.RUNNING, JobState.PAUSED, JobState.FAILED, JobState.CANCELLED}),
    # All ranges are done; where nothing can be verified, that is the end.
    JobState.RUNNING: frozenset(
        {JobState.VERIFYING, JobState.FINISHED, JobState.PAUSED, JobState.FAILED, JobState.CANCELLED}
    ),
    # A row is wrong still: its range is open again.
    JobState.VERIFYING: frozenset(
        {JobState.RUNNING, JobState.FINISHED, JobState.PAUSED, JobState.FAILED, JobState.CANCELLED}
    ),
    # Resumed: pending, where nobody had begun.
    JobState.PAUSED: frozenset({JobState.PENDING, JobState.RUNNING, JobState.CANCELLED}),
    # Tried once more.
    JobState.FAILED: frozenset({JobState.PENDING, JobState.RUNNING, JobState.CANCELLED}),
    JobState.FINISHED: frozenset(),
    JobState.CANCELLED: frozenset(),
}
"""From each state, those that it may turn into."""

LIVE = frozenset({JobState.PENDING, JobState.RUNNING, JobState.VERIFYING})
"""The states in which there is work for a worker."""


def sources_of(state: JobState) -> frozenset[JobState]:
    """Return the states that may turn into one."""
    return frozenset(source for source, targets in MOVES.items() if state in targets)


@dataclass(frozen=True, slots=True)
class Job:
    """A backfill."""

    id: int
    name: str
    table: Name
    """With its schema."""
    assignments: tuple[tuple[str, str], ...]
    """Each a column and an expression."""
    condition: str | None
    function: str | None
    disagreement: str | None
    state: JobState
    passes: int = 0
    """How often its rows were gone through before."""
    error: str | None = None
    rows_estimated: int = 0
    options: Mapping[str, Any] = field(default_factory=dict)
    revision: str | None = None
    created_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None

    @property
    def wrong(self) -> str | None:
        """What holds for a row that is not as it shall be; None where nobody can tell."""
        return self.disagreement or self.condition

    @property
    def changed(self) -> tuple[str, ...]:
        """The columns that it writes; of a function nobody knows."""
        return tuple(column for column, _ in self.assignments)

    @property
    def selects(self) -> str | None:
        """Which rows are to be changed: in a later pass only those that are wrong."""
        return self.condition if self.passes == 0 else self.wrong


@dataclass(frozen=True, slots=True)
class Range:
    """A part of a table: the keys behind ``after`` and not behind ``up_to``, where these are not None."""

    id: int
    table: Name
    after: tuple[str, ...] | None
    up_to: tuple[str, ...] | None
    position: tuple[str, ...] | None
    """The key behind which the next batch begins; None at the beginning of the range."""
    state: str

    @property
    def begins(self) -> tuple[str, ...] | None:
        """The key behind which the next batch begins; None at the beginning of the table."""
        return self.position or self.after
