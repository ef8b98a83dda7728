"""COMMENT ON COLUMN."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from midflight.operations.comment_table import comment
from midflight.operations.operation import Asked, Operation, named
from midflight.pg.identifiers import quote_identifier

if TYPE_CHECKING:
    from midflight.operations.state import State
    from midflight.operations.step import Step
    from midflight.sql.names import Name


@dataclass(frozen=True, slots=True)
class CommentColumn(Operation):
    """A column is described; None takes the description away."""

    table: str
    column: str
    comment: str | None
    _: KW_ONLY
    schema: str | None = None
    existing: str | None = None
    """The comment until now, for the way back."""

    @property
    def asks(self) -> Asked:
        """Its table."""
        return Asked(relations=(self._table,))

    def steps(self, state: State) -> tuple[Step, ...]:  # noqa: ARG002 - always the same
        """COMMENT ON COLUMN."""
        target = f"COLUMN {self._table.sql}.{quote_identifier(self.column)}"
        says = f"comment on {self._table}.{self.column}"
        return (comment(self._table, target, self.comment, says, self._is_done),)

    def reverse(self) -> Operation:
        """The comment until now."""
        return CommentColumn(self.table, self.column, self.existing, schema=self.schema, existing=self.comment)

    @property
    def _table(self) -> Name:
        return named(self.table, self.schema)

    def _is_done(self, now: State) -> bool:
        found = now.column(self._table, self.column)
        return found is not None and found.comment == (self.comment or None)
