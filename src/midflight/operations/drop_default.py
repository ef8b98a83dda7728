"""DROP DEFAULT."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from midflight.operations.alter_table import Clause, TableChange
from midflight.operations.operation import IrreversibleError, Operation, named
from midflight.pg.identifiers import quote_identifier

if TYPE_CHECKING:
    from midflight.operations.state import State
    from midflight.sql.names import Name


@dataclass(frozen=True, slots=True)
class DropDefault(TableChange):
    """A column has no default any more."""

    table: str
    column: str
    _: KW_ONLY
    schema: str | None = None
    existing: str | None = None
    """The default until now, as SQL, for the way back."""

    @property
    def table_name(self) -> Name:
        """Its table."""
        return named(self.table, self.schema)

    def clauses(self, state: State) -> tuple[Clause, ...]:  # noqa: ARG002 - always the same
        """ALTER COLUMN ... DROP DEFAULT."""
        return (
            Clause(
                f"ALTER COLUMN {quote_identifier(self.column)} DROP DEFAULT",
                f"drop the default of {self.column}",
                self._is_done,
            ),
        )

    def reverse(self) -> Operation:
        """The default until now, where that is known."""
        from midflight.operations.set_default import SetDefault  # noqa: PLC0415 - each leads to the other

        if self.existing is None:
            raise IrreversibleError(f"DropDefault: what the default of {self.table}.{self.column} was is not said")
        return SetDefault(self.table, self.column, self.existing, schema=self.schema)

    def _is_done(self, now: State) -> bool:
        found = now.column(self.table_name, self.column)
        return found is not None and found.default is None
