"""Where a revision stands while it is applied."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from midflight.runner.ladder import Try
from midflight.runner.text_hash import text_hash

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
    """The steps that earlier tries have done for good: the place of the operation, and the statement's hash."""
    place: int = 0
    """How many operations of it have been met. Steps are not counted: an operation has as many as are left to do."""
    met: list[str] = field(default_factory=list)
    """The statements of the present operation, down to the present one."""
    waiting: Waiting = field(default_factory=Waiting)
    """Of the revision as a whole."""

    def begin_operation(self) -> None:
        """Go on to the next operation."""
        self.place += 1
        self.met.clear()

    def meet(self, sql: str) -> None:
        """Go on to the next step; an operation may send the same statement several times."""
        self.met.append(sql)

    @property
    def step_hash(self) -> str:
        """What tells the present step from the others of its operation, at every try."""
        sql = self.met[-1]
        times = self.met.count(sql)
        return text_hash(sql if times == 1 else f"{sql}\n-- {times}")
