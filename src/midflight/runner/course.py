"""Where a revision stands while it is applied."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from midflight.runner.ladder import Try

if TYPE_CHECKING:
    from midflight.runner.events import Blocker
    from midflight.runner.journal import Entry


@dataclass(slots=True)
class Waiting:
    """What was waited for, of a step or of a whole revision."""

    attempt: Try = field(default_factory=Try)
    seconds: float = 0.0
    blockers: dict[int, Blocker] = field(default_factory=dict)


@dataclass(slots=True)
class Course:
    """Where a revision stands."""

    revision: str
    direction: str
    attempt: Entry | None = None
    """Its row in the journal."""
    done: frozenset[tuple[int, str]] = frozenset()
    """The steps that earlier tries have done for good."""
    place: int = 0
    """How many steps of it have been met."""
    waiting: Waiting = field(default_factory=Waiting)
    """Of the revision as a whole."""
