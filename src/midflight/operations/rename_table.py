"""RENAME TO."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from midflight.operations.operation import Asked, Operation, named
from midflight.operations.step import Step, TableLock
from midflight.pg.identifiers import quote_identifier

if TYPE_CHECKING:
    from midflight.operations.state import State


@dataclass(frozen=True, slots=True)
class RenameTable(Operation):
    """A table gets another name, at once; code that uses the old one fails from then on."""

    table: str
    new_name: str
    _: KW_ONLY
    schema: str | None = None

    @property
    def asks(self) -> Asked:
        """Both names."""
        return Asked(relations=(named(self.table, self.schema), named(self.new_name, self.schema)))

    def steps(self, state: State) -> tuple[Step, ...]:  # noqa: ARG002 - always the same
        """RENAME TO."""
        old, new = named(self.table, self.schema), named(self.new_name, self.schema)
        return (
            Step(
                says=f"rename table {old} to {self.new_name}",
                sql=f"ALTER TABLE {old.sql} RENAME TO {quote_identifier(self.new_name)}",
                done=lambda now: now.relation(old) is None and now.relation(new) is not None,
                locks=(TableLock(old),),
            ),
        )

    def reverse(self) -> Operation:
        """Rename it back."""
        return RenameTable(self.new_name, self.table, schema=self.schema)
