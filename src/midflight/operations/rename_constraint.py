"""RENAME CONSTRAINT."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from midflight.operations.operation import Asked, Operation, named
from midflight.operations.step import Step, TableLock
from midflight.pg.identifiers import quote_identifier

if TYPE_CHECKING:
    from midflight.operations.state import State


@dataclass(frozen=True, slots=True)
class RenameConstraint(Operation):
    """A constraint gets another name, and so does the index that it has."""

    table: str
    old: str
    new: str
    _: KW_ONLY
    schema: str | None = None

    @property
    def asks(self) -> Asked:
        """Its table."""
        return Asked(relations=(named(self.table, self.schema),))

    def steps(self, state: State) -> tuple[Step, ...]:  # noqa: ARG002 - always the same
        """Rename it."""
        table = named(self.table, self.schema)
        return (
            Step(
                says=f"rename constraint {self.old} of {table} to {self.new}",
                sql=f"ALTER TABLE {table.sql} RENAME CONSTRAINT {quote_identifier(self.old)} "
                f"TO {quote_identifier(self.new)}",
                done=lambda now: (
                    now.constraint(table, self.old) is None and now.constraint(table, self.new) is not None
                ),
                locks=(TableLock(table),),
            ),
        )

    def reverse(self) -> Operation:
        """Rename it back."""
        return RenameConstraint(self.table, self.new, self.old, schema=self.schema)
