"""COMMENT ON TABLE."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from midflight.operations.operation import Asked, Operation, named
from midflight.operations.step import Step, TableLock
from midflight.pg.identifiers import quote_literal
from midflight.pg.locks import LockMode

if TYPE_CHECKING:
    from collections.abc import Callable

    from midflight.operations.state import State
    from midflight.sql.names import Name


@dataclass(frozen=True, slots=True)
class CommentTable(Operation):
    """A table is described; None takes the description away."""

    table: str
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
        """COMMENT ON TABLE."""
        return (
            comment(self._table, f"TABLE {self._table.sql}", self.comment, f"comment on {self._table}", self._is_done),
        )

    def reverse(self) -> Operation:
        """The comment until now."""
        return CommentTable(self.table, self.existing, schema=self.schema, existing=self.comment)

    @property
    def _table(self) -> Name:
        return named(self.table, self.schema)

    def _is_done(self, now: State) -> bool:
        found = now.relation(self._table)
        return found is not None and found.comment == (self.comment or None)


def comment(table: Name, target: str, text: str | None, says: str, done: Callable[[State], bool]) -> Step:
    """COMMENT ON something of a table, which conflicts with no read or write."""
    literal = "NULL" if text is None else quote_literal(text)
    lock = TableLock(table, LockMode.SHARE_UPDATE_EXCLUSIVE, only=True)
    return Step(says=says, sql=f"COMMENT ON {target} IS {literal}", done=done, locks=(lock,))
