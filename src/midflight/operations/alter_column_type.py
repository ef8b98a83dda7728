"""ALTER COLUMN ... TYPE."""

from __future__ import annotations

import shlex
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from midflight.operations.alter_table import Clause, TableChange
from midflight.operations.drop_column import referred_from
from midflight.operations.operation import SMALL_TABLE_ROWS, Operation, OperationRefusedError, named
from midflight.operations.same_type import is_same_type, normal_type
from midflight.operations.step import TableLock
from midflight.pg.identifiers import quote_identifier
from midflight.sql.type_changes import keeps_rows

if TYPE_CHECKING:
    from midflight.operations.state import Column, State
    from midflight.sql.names import Name


@dataclass(frozen=True, slots=True)
class AlterColumnType(TableChange):
    """A column gets another type: at once where its rows stay as they are, else on a small table alone."""

    table: str
    column: str
    type: str
    """As SQL, such as ``bigint`` or ``varchar(40)``."""
    _: KW_ONLY
    schema: str | None = None
    using: str | None = None
    """How a value of the new type is made of an old one, as SQL."""
    existing: str | None = None
    """The type until now, as SQL, for the way back."""
    row_limit: int = SMALL_TABLE_ROWS
    """Up to how many rows the table may be written anew, while all queries on it wait."""

    @property
    def table_name(self) -> Name:
        """Its table."""
        return named(self.table, self.schema)

    def clauses(self, state: State) -> tuple[Clause, ...]:
        """ALTER COLUMN ... TYPE.

        Raises:
            OperationRefusedError: where a table of many rows would be written anew or read under a strong lock.
        """
        found = state.column(self.table_name, self.column)
        if found is not None and not is_same_type(found.type, self.type):
            self._must_be_quick(found, state)
        using = f" USING {self.using}" if self.using else ""
        return (
            Clause(
                f"ALTER COLUMN {quote_identifier(self.column)} TYPE {self.type}{using}",
                f"type of {self.column}",
                self._is_done,
            ),
        )

    def other_locks(self, state: State) -> tuple[TableLock, ...]:
        """Return the tables at the other ends of its foreign keys: those are made anew."""
        relation = state.relation(self.table_name)
        referring = relation.referenced_by if relation else ()
        from_others = (table for table, columns in referring if self.column in columns)
        others = (TableLock(table) for table in from_others if relation is None or table != relation.name)
        return tuple(dict.fromkeys((*referred_from(state, self.table_name, self.column), *others)))

    def reverse(self) -> Operation:
        """The type until now, where that is known."""
        if self.existing is None:
            return super(AlterColumnType, self).reverse()
        return AlterColumnType(
            self.table, self.column, self.existing, schema=self.schema, existing=self.type, row_limit=self.row_limit
        )

    def _must_be_quick(self, found: Column, state: State) -> None:
        reason = self._why_slow(found, state)
        rows = state.rows(self.table_name)
        if reason is None or rows <= self.row_limit:
            return
        raise OperationRefusedError(
            f"{self.table}.{self.column}: {found.type} to {normal_type(self.type)} {reason}, and all queries on "
            f"{self.table} would wait meanwhile; it has about {rows:,} rows",
            hint="three revisions do it beside the traffic: midflight revision --expand-contract change_type "
            f"{self.table} {self.column} {shlex.quote(self.type)}; or raise row_limit, if it may stand still",
        )

    def _why_slow(self, found: Column, state: State) -> str | None:
        if self.using is not None or not keeps_rows(found.type, normal_type(self.type)):
            return "writes every row anew"
        relation = state.relation(self.table_name)
        if relation is None:
            return None
        if any(one.kind == "check" and self.column in one.columns for one in relation.constraints.values()):
            return "proves the column's CHECK on every row"
        for index in relation.indexes.values():
            if (index.columns is None or index.partial) and self.column in index.uses:
                return "builds an index with an expression or a condition anew"
        return None

    def _is_done(self, now: State) -> bool:
        found = now.column(self.table_name, self.column)
        return found is not None and is_same_type(found.type, self.type)
