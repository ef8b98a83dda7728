"""The smallest unit that is executed, retried and recorded."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from midflight.pg.locks import LockMode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from midflight.operations.state import State
    from midflight.sql.names import Name


class Mode(enum.Enum):
    """In which transaction a step runs."""

    TOGETHER = "together"
    """In the revision's own, with what stands beside it: all or nothing."""
    APART = "apart"
    """In one of its own: what came before is committed first, and then the step itself."""
    OUTSIDE = "outside"
    """In none: PostgreSQL wants it so, as of CREATE INDEX CONCURRENTLY."""


class Work(enum.Enum):
    """What kind of work a step is, which sets how long it may take."""

    QUICK = "quick"
    """The catalog alone. It runs under a strong lock, so it is stopped when it is not quick after all."""
    LONG = "long"
    """A scan or a build beside the traffic, without a strong lock: VALIDATE, CONCURRENTLY, a batch of rows."""
    ROWS = "rows"
    """A change of rows by the revision's own SQL: it may take long, and waits for rows that others hold, but not for so
    long that PostgreSQL finds a deadlock: it could end the other one."""
    UNKNOWN = "unknown"
    """A statement of the revision's own: it may take long, and it never waits long for a lock."""


@dataclass(frozen=True, slots=True)
class TableLock:
    """A lock that a step needs on a table: it is polled for, so that no query ever queues up behind the step."""

    table: Name
    mode: LockMode = LockMode.ACCESS_EXCLUSIVE
    only: bool = False
    """Not its partitions."""


@dataclass(frozen=True, slots=True)
class Step:
    """One statement, and how it is run."""

    says: str
    """What it does, for people, such as ``build index ix_orders_total on orders``; never with a value of the user's."""
    sql: str
    done: Callable[[State], bool] = field(compare=False, repr=False)
    """Tells from the catalog whether it is done already."""
    mode: Mode = Mode.TOGETHER
    locks: tuple[TableLock, ...] = ()
    work: Work = Work.QUICK
    batches: Name | None = None
    """The table over whose blocks the statement is repeated, each time for those from :first to before :last (each a
    ``tid``), in a transaction of its own; where it names neither, it is repeated until it changes no row. None for a
    statement that is sent once."""
    on_failure: str | None = None
    """Sent outside of any transaction where the step has failed, so that it leaves nothing behind."""

    def is_done(self, state: State) -> bool:
        """Tell whether there is nothing to do; a script that is written offline has everything to do."""
        return state.known and self.done(state)


def apart(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Give each step of the revision's transaction one of its own, so that no lock outlives it."""
    return tuple(replace(step, mode=Mode.APART) if step.mode is Mode.TOGETHER else step for step in steps)
