"""RENAME COLUMN."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from midflight.operations.operation import Asked, Operation, named
from midflight.operations.step import Step, TableLock
from midflight.pg.identifiers import quote_identifier

if TYPE_CHECKING:
    from midflight.operations.state import State
    from midflight.sql.names import Name


@dataclass(frozen=True, slots=True)
class RenameColumn(Operation):
    """A column gets another name, at once; code that uses the old one fails from then on."""

    table: str
    column: str
    new_name: str
    _: KW_ONLY
    schema: str | None = None

    @property
    def asks(self) -> Asked:
        """Its table."""
        return Asked(relations=(self._table,))

    def steps(self, state: State) -> tuple[Step, ...]:  # noqa: ARG002 - always the same
        """RENAME COLUMN."""
        old, new = quote_identifier(self.column), quote_identifier(self.new_name)
        return (
            Step(
                says=f"rename column {self.column} to {self.new_name} ({self._table})",
                sql=f"ALTER TABLE {self._table.sql} RENAME COLUMN {old} TO {new}",
                done=self._is_done,
                locks=(TableLock(self._table),),
            ),
        )

    def reverse(self) -> Operation:
        """Rename it back."""
        return RenameColumn(self.table, self.new_name, self.column, schema=self.schema)

    @property
    def _table(self) -> Name:
        return named(self.table, self.schema)

    def _is_done(self, now: State) -> bool:
        return now.column(self._table, self.column) is None and now.column(self._table, self.new_name) is not None
