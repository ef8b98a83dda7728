"""ALTER TABLE: changes of the catalog alone, as many as stand together in one statement."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from midflight.operations.operation import Asked, Operation
from midflight.operations.step import Step, TableLock
from midflight.pg.locks import LockMode

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from midflight.operations.state import State
    from midflight.sql.names import Name


@dataclass(frozen=True, slots=True)
class Clause:
    """One change that ALTER TABLE makes in the catalog alone."""

    sql: str
    says: str
    done: Callable[[State], bool] = field(compare=False, repr=False)

    def is_done(self, state: State) -> bool:
        """Tell whether there is nothing to do."""
        return state.known and self.done(state)


class TableChange(Operation):
    """A change of a table that can stand in one ALTER TABLE with others."""

    @property
    def table_name(self) -> Name:
        """The table."""
        raise NotImplementedError

    @property
    def asks(self) -> Asked:
        """Its table."""
        return Asked(relations=(self.table_name,))

    def clauses(self, state: State) -> tuple[Clause, ...]:
        """Return what is sent at once, under the lock."""
        raise NotImplementedError

    def other_locks(self, state: State) -> tuple[TableLock, ...]:  # noqa: ARG002 - for those that lock more
        """Return the locks that its clauses take on other tables."""
        return ()

    def later(self, state: State) -> tuple[Step, ...]:  # noqa: ARG002 - for those that have more to do
        """Return what follows after that, beside the traffic."""
        return ()

    def steps(self, state: State) -> tuple[Step, ...]:
        """One ALTER TABLE, and what follows."""
        others = self.other_locks(state)
        return (*altered(self.table_name, self.clauses(state), state, others=others), *self.later(state))


@dataclass(frozen=True, slots=True)
class AlterTable(Operation):
    """Several changes of one table, under one lock."""

    changes: tuple[TableChange, ...]

    @property
    def asks(self) -> Asked:
        """All that its changes ask."""
        asked = [change.asks for change in self.changes]
        return Asked(
            relations=tuple(dict.fromkeys(name for one in asked for name in one.relations)),
            functions=tuple(dict.fromkeys(name for one in asked for name in one.functions)),
            types=tuple(dict.fromkeys(name for one in asked for name in one.types)),
        )

    def steps(self, state: State) -> tuple[Step, ...]:
        """One ALTER TABLE, and what follows of each change."""
        if not self.changes:
            return ()
        clauses = [clause for change in self.changes for clause in change.clauses(state)]
        others = tuple(dict.fromkeys(lock for change in self.changes for lock in change.other_locks(state)))
        later = [step for change in self.changes for step in change.later(state)]
        return (*altered(self.changes[0].table_name, clauses, state, others=others), *later)

    def reverse(self) -> Operation:
        """The reverse of each, the last one first."""
        reversed_ = [change.reverse() for change in reversed(self.changes)]
        return AlterTable(tuple(change for change in reversed_ if isinstance(change, TableChange)))


def altered(
    table: Name,
    clauses: Sequence[Clause],
    state: State,
    mode: LockMode = LockMode.ACCESS_EXCLUSIVE,
    *,
    others: tuple[TableLock, ...] = (),
) -> tuple[Step, ...]:
    """Return one ALTER TABLE with those clauses that are not done yet; all, where all are."""
    todo = [clause for clause in clauses if not clause.is_done(state)] or list(clauses)
    if not todo:
        return ()
    return (
        Step(
            says=f"{', '.join(clause.says for clause in todo)} ({table})",
            sql=f"ALTER TABLE {table.sql} {', '.join(clause.sql for clause in todo)}",
            done=lambda now: all(clause.done(now) for clause in todo),
            locks=(TableLock(table, mode), *others),
        ),
    )
