"""What a worker tells while it works, as plain data; who listens shows or records it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BackfillStarted:
    """A worker of ours begins with a backfill."""

    name: str
    table: str
    rows: int
    """As the planner estimates them."""
    state: str


@dataclass(frozen=True, slots=True)
class BackfillProgress:
    """How far all workers together are, once a second."""

    name: str
    state: str
    rows_read: int
    rows_changed: int
    rows: int
    """As they were estimated at the beginning."""
    rows_per_second: float
    """Of the last seconds, of all workers."""
    failures: int
    brake: str | None = None


@dataclass(frozen=True, slots=True)
class RowFailed:
    """A row cannot be changed, and is left out."""

    name: str
    table: str
    key: tuple[str, ...]
    error: str


@dataclass(frozen=True, slots=True)
class RowHeld:
    """A row is held by somebody; it is tried again and again."""

    name: str
    table: str
    behind: tuple[str, ...] | None
    """The key behind which it is."""


@dataclass(frozen=True, slots=True)
class TableVacuumed:
    """The table was cleaned of dead rows."""

    table: str
    seconds: float


@dataclass(frozen=True, slots=True)
class ConnectionLost:
    """The server is away; it is tried again."""

    error: str
    seconds: float
    """Until the next try."""


@dataclass(frozen=True, slots=True)
class BackfillEnded:
    """There is nothing left to do for our workers."""

    name: str
    state: str
    rows_changed: int
    failures: int
    error: str | None


Event = BackfillStarted | BackfillProgress | RowFailed | RowHeld | TableVacuumed | ConnectionLost | BackfillEnded
Listener = Callable[[Event], None]


def ignore(event: Event) -> None:
    """Listen to nothing."""
