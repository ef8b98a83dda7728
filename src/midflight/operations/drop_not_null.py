"""DROP NOT NULL."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from midflight.operations.alter_table import Clause, TableChange
from midflight.operations.operation import Operation, named
from midflight.pg.identifiers import quote_identifier

if TYPE_CHECKING:
    from midflight.operations.state import State
    from midflight.sql.names import Name


@dataclass(frozen=True, slots=True)
class DropNotNull(TableChange):
    """A column may hold NULL."""

    table: str
    column: str
    _: KW_ONLY
    schema: str | None = None

    @property
    def table_name(self) -> Name:
        """Its table."""
        return named(self.table, self.schema)

    def clauses(self, state: State) -> tuple[Clause, ...]:  # noqa: ARG002 - always the same
        """ALTER COLUMN ... DROP NOT NULL."""
        return (
            Clause(
                f"ALTER COLUMN {quote_identifier(self.column)} DROP NOT NULL",
                f"{self.column} may be null",
                self._is_done,
            ),
        )

    def reverse(self) -> Operation:
        """SET NOT NULL."""
        from midflight.operations.set_not_null import SetNotNull  # noqa: PLC0415 - each leads to the other

        return SetNotNull(self.table, self.column, schema=self.schema)

    def _is_done(self, now: State) -> bool:
        found = now.column(self.table_name, self.column)
        relation = now.relation(self.table_name)
        constraints = relation.constraints.values() if relation else ()
        named_ = any(one.kind == "not null" and one.columns == (self.column,) for one in constraints)
        return found is not None and not found.not_null and not named_
