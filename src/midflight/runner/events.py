"""What the runner tells while it works, as plain data; who listens shows or records it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Blocker:
    """A session that is in the way."""

    pid: int
    user: str | None
    application: str | None
    state: str | None
    """As ``pg_stat_activity.state``, such as ``idle in transaction``."""
    age: float | None
    """For how long its transaction has been open, in seconds."""
    query: str | None
    """Its statement with stars for constants, cut; it never holds a value."""

    def __str__(self) -> str:
        """Write it for a person."""
        parts = [f"pid {self.pid}"]
        parts += [self.user] if self.user else []
        parts += [f"({self.application})"] if self.application else []
        parts += [self.state] if self.state else []
        parts += [f"for {self.age:.1f} s"] if self.age is not None else []
        return " ".join(parts) + (f": {self.query}" if self.query else "")


@dataclass(frozen=True, slots=True)
class WaitingForDeployer:
    """Another upgrade is under way."""

    holder: Blocker | None
    waited: float


@dataclass(frozen=True, slots=True)
class RunStarted:
    """What is to be done."""

    revisions: tuple[str, ...]
    """The ids of the revisions, in their order."""
    direction: str


@dataclass(frozen=True, slots=True)
class RevisionEdited:
    """The file of a revision is not as it was when it was applied here."""

    revision: str
    file: str


@dataclass(frozen=True, slots=True)
class InstanceUnknown:
    """A live instance was built for a revision that the history does not have: it is taken for a newer one."""

    instance: str
    revisions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GatesIgnored:
    """A contract revision is applied though instances of the application may need the old shape, as was asked for."""

    revision: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RevisionsLeft:
    """What the expand phase leaves to the contract phase."""

    contracts: tuple[str, ...]
    others: tuple[str, ...]
    """Revisions of other phases that build upon those."""


@dataclass(frozen=True, slots=True)
class RevisionStarted:
    """A revision begins."""

    revision: str
    title: str
    direction: str
    place: int
    """From 1."""
    total: int


@dataclass(frozen=True, slots=True)
class RevisionRetried:
    """A revision was taken back whole, because a lock was not to be had, and is tried again."""

    revision: str
    says: str
    blockers: tuple[Blocker, ...]
    waited: float


@dataclass(frozen=True, slots=True)
class RevisionFinished:
    """A revision is done, and so says the version table."""

    revision: str
    seconds: float


@dataclass(frozen=True, slots=True)
class StepStarted:
    """A step begins."""

    says: str
    sql: str


@dataclass(frozen=True, slots=True)
class StepSkipped:
    """A step had nothing to do: an earlier run has done it."""

    says: str


@dataclass(frozen=True, slots=True)
class LockWaiting:
    """A lock is not to be had yet; nobody queues up behind us."""

    says: str
    blockers: tuple[Blocker, ...]
    waited: float
    timeout: float
    """Seconds for which the next try stands in the queue; 0 where it makes nobody wait."""


@dataclass(frozen=True, slots=True)
class OldTransactions:
    """Transactions for which CREATE INDEX CONCURRENTLY or the like will have to wait."""

    says: str
    blockers: tuple[Blocker, ...]


@dataclass(frozen=True, slots=True)
class StepProgress:
    """How far a long step has got."""

    says: str
    phase: str
    done: int
    total: int
    blockers: tuple[Blocker, ...] = ()


@dataclass(frozen=True, slots=True)
class BlockerEnded:
    """A session was cancelled or terminated, as was asked for."""

    blocker: Blocker
    how: str


@dataclass(frozen=True, slots=True)
class StepFinished:
    """A step is done."""

    says: str
    seconds: float
    waited: float
    """Seconds of waiting for locks within them."""
    tries: int


@dataclass(frozen=True, slots=True)
class RunFinished:
    """All is done."""

    revisions: tuple[str, ...]
    seconds: float


Event = (
    WaitingForDeployer
    | RunStarted
    | RevisionEdited
    | InstanceUnknown
    | GatesIgnored
    | RevisionsLeft
    | RevisionStarted
    | RevisionRetried
    | RevisionFinished
    | StepStarted
    | StepSkipped
    | LockWaiting
    | OldTransactions
    | StepProgress
    | BlockerEnded
    | StepFinished
    | RunFinished
)
Listener = Callable[[Event], None]


def ignore(event: Event) -> None:
    """Listen to nothing."""
