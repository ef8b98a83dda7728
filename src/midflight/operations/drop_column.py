"""DROP COLUMN."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from midflight.operations.alter_table import Clause, TableChange
from midflight.operations.operation import named
from midflight.operations.step import TableLock
from midflight.pg.identifiers import quote_identifier

if TYPE_CHECKING:
    from midflight.operations.state import State
    from midflight.sql.names import Name


@dataclass(frozen=True, slots=True)
class DropColumn(TableChange):
    """A column goes, with its data, and with the indexes and constraints that have it in them.

    What else hangs on it, such as a view, makes PostgreSQL refuse. https://www.postgresql.org/docs/current/ddl-depend.html
    """

    table: str
    column: str
    _: KW_ONLY
    schema: str | None = None

    @property
    def table_name(self) -> Name:
        """Its table."""
        return named(self.table, self.schema)

    def clauses(self, state: State) -> tuple[Clause, ...]:  # noqa: ARG002 - always the same
        """DROP COLUMN."""
        return (Clause(f"DROP COLUMN {quote_identifier(self.column)}", f"drop column {self.column}", self._is_done),)

    def other_locks(self, state: State) -> tuple[TableLock, ...]:
        """Return the tables to which its foreign keys refer: those go with it."""
        return referred_from(state, self.table_name, self.column)

    def _is_done(self, now: State) -> bool:
        return now.relation(self.table_name) is not None and now.column(self.table_name, self.column) is None


def referred_from(state: State, table: Name, column: str | None = None) -> tuple[TableLock, ...]:
    """Return the other tables to which foreign keys refer, of one column or of all: what drops those locks them."""
    relation = state.relation(table)
    if relation is None:
        return ()
    targets = (
        constraint.target
        for constraint in relation.constraints.values()
        if constraint.target is not None and (column is None or column in constraint.columns)
    )
    return tuple(TableLock(target) for target in dict.fromkeys(targets) if target != relation.name)
