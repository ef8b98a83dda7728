"""SET DEFAULT."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from midflight.operations.alter_table import Clause, TableChange
from midflight.operations.operation import Operation, named
from midflight.operations.same_default import is_same_default
from midflight.pg.identifiers import quote_identifier

if TYPE_CHECKING:
    from midflight.operations.state import State
    from midflight.sql.names import Name


@dataclass(frozen=True, slots=True)
class SetDefault(TableChange):
    """New rows get another default; those that are there keep what they have."""

    table: str
    column: str
    default: str
    """As SQL, such as ``0`` or ``now()``."""
    _: KW_ONLY
    schema: str | None = None
    existing: str | None = None
    """The default until now, as SQL, for the way back; None where there was none."""

    @property
    def table_name(self) -> Name:
        """Its table."""
        return named(self.table, self.schema)

    def clauses(self, state: State) -> tuple[Clause, ...]:  # noqa: ARG002 - always the same
        """ALTER COLUMN ... SET DEFAULT."""
        return (
            Clause(
                f"ALTER COLUMN {quote_identifier(self.column)} SET DEFAULT {self.default}",
                f"set the default of {self.column}",
                self._is_done,
            ),
        )

    def reverse(self) -> Operation:
        """The default until now."""
        from midflight.operations.drop_default import DropDefault  # noqa: PLC0415 - each leads to the other

        if self.existing is None:
            return DropDefault(self.table, self.column, schema=self.schema, existing=self.default)
        return SetDefault(self.table, self.column, self.existing, schema=self.schema, existing=self.default)

    def _is_done(self, now: State) -> bool:
        found = now.column(self.table_name, self.column)
        return found is not None and is_same_default(found.default, self.default)
