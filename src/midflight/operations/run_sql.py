"""SQL of the user's own, statement by statement, as it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from midflight import sql
from midflight.operations.index_build import is_absent_or_valid, is_valid_index
from midflight.operations.operation import Asked, Operation, OperationRefusedError
from midflight.operations.step import Mode, Step, TableLock, Work
from midflight.sql.changes import CreateIndex
from midflight.sql.expected_locks import expected_locks
from midflight.sql.names import Name

if TYPE_CHECKING:
    from midflight.operations.state import State
    from midflight.pg.locks import LockMode
    from midflight.sql.statement import Statement

_OF_ROWS = frozenset({"INSERT", "UPDATE", "DELETE", "MERGE"})
_LOCKABLE = frozenset({"table", "partitioned table", "view", "foreign table"})
"""What LOCK TABLE takes. https://www.postgresql.org/docs/current/sql-lock.html"""


@dataclass(frozen=True, slots=True)
class RunSql(Operation):
    """Statements are sent as they stand: no parameter, no escape. What they do is the user's affair."""

    statements: tuple[str, ...]

    @property
    def asks(self) -> Asked:
        """The tables that they lock."""
        return Asked(relations=tuple(dict.fromkeys(lock.table for text in self.statements for lock in _locks(text))))

    def steps(self, state: State) -> tuple[Step, ...]:
        """One for each; which are done already only the journal knows.

        Raises:
            OperationRefusedError: where one begins or ends a transaction.
        """
        return tuple(step for text in self.statements for step in _steps(text, state))


def _steps(text: str, state: State) -> tuple[Step, ...]:
    statement = sql.parse(text)
    if statement.is_transaction_control:
        raise OperationRefusedError(
            f"{statement.kind} cannot be sent here: each revision is in a transaction of its own already",
            hint="leave it out",
        )
    if not statement.can_run_in_transaction:
        return _outside(text, statement, state)
    locks = tuple(lock for lock in _locks(text) if _is_there(lock, state))
    work = Work.ROWS if statement.kind in _OF_ROWS else Work.UNKNOWN
    return (Step(says=_says(statement), sql=text, done=lambda _: False, locks=locks, work=work),)


def _outside(text: str, statement: Statement, state: State) -> tuple[Step, ...]:
    """A failed CREATE INDEX CONCURRENTLY leaves an index that is not valid: it is dropped before the next try."""
    built = next((change for change in statement.changes if isinstance(change, CreateIndex) and change.name), None)
    if built is None or built.name is None:
        return (Step(says=_says(statement), sql=text, done=lambda _: False, mode=Mode.OUTSIDE, work=Work.LONG),)
    table, name = built.table, built.name
    drop = f"DROP INDEX CONCURRENTLY IF EXISTS {Name(table.schema, name).sql}"
    clear = Step(
        says=f"drop the invalid index {name} of {table}",
        sql=drop,
        done=lambda now: is_absent_or_valid(now.index(table, name)),
        mode=Mode.OUTSIDE,
        work=Work.LONG,
    )
    build = Step(
        says=f"build index {name} on {table}",
        sql=text,
        done=lambda now: is_valid_index(now.index(table, name)),
        mode=Mode.OUTSIDE,
        work=Work.LONG,
        on_failure=drop,
    )
    return (build,) if is_absent_or_valid(state.index(table, name)) else (clear, build)


def _locks(text: str) -> tuple[TableLock, ...]:
    found = (lock for change in sql.parse(text).changes for lock in expected_locks(change))
    strongest: dict[Name, LockMode] = {}
    for table, mode in found:
        strongest[table] = max(strongest.get(table, mode), mode)
    return tuple(TableLock(table, mode) for table, mode in strongest.items())


def _is_there(lock: TableLock, state: State) -> bool:
    """A table that an earlier statement makes is not there yet; offline nobody knows."""
    found = state.relation(lock.table)
    return found is not None and found.kind in _LOCKABLE


def _says(statement: Statement) -> str:
    """The kind of a statement alone: its text may hold values."""
    tables = dict.fromkeys(str(getattr(change, "table", "")) for change in statement.changes)
    return " ".join(filter(None, (statement.kind, ", ".join(filter(None, tables)))))
