"""What the ledger tells at one moment, as plain data: backfills, and the application's live instances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from midflight.pg.identifiers import QualifiedName

ENDED = frozenset({"finished", "cancelled"})
"""States of a backfill that hold nothing back: verified, or given up by somebody."""


@dataclass(frozen=True, slots=True)
class Backfill:
    """A change of rows in the background."""

    name: str
    table: QualifiedName
    state: str
    """``pending``, ``running``, ``verifying``, ``paused``, ``finished``, ``failed`` or ``cancelled``."""
    revision: str | None
    """The revision that has registered it; None where nobody knows."""
    rows_read: int = 0
    rows_changed: int = 0
    rows_estimated: int = 0
    """The table's rows by the statistics of then; 0 where there were none."""
    failures: int = 0
    """Rows that could not be changed and are not mended yet."""
    workers: int = 0
    """How many are at work on it."""
    brake: str | None = None
    """What holds a worker back at this moment."""
    error: str | None = None
    """Why it failed; never with a row's value."""

    @property
    def has_ended(self) -> bool:
        """Whether it holds no contract back any more."""
        return self.state in ENDED


@dataclass(frozen=True, slots=True)
class LiveInstance:
    """A process of the application that has told of itself within the last minute, by the server's clock."""

    application: str
    version: str | None
    revisions: tuple[str, ...]
    """The newest revisions that it was built for: the heads of its history."""
    host: str
    process: int
    seconds: float
    """Since it told of itself."""

    def __str__(self) -> str:
        """Write it for a person."""
        version = f" {self.version}" if self.version else ""
        return f"{self.application}{version} ({self.host}, process {self.process})"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the ledger tells."""

    backfills: tuple[Backfill, ...] = ()
    """In the order in which they were registered."""
    instances: tuple[LiveInstance, ...] = ()


NOTHING = Facts()
"""What a database without a ledger tells."""
