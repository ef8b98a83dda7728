"""ADD CHECK NOT VALID, then VALIDATE."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from midflight.operations.alter_table import Clause, TableChange
from midflight.operations.operation import Operation, named
from midflight.operations.same_constraint import must_be_same
from midflight.operations.validate_constraint import is_valid, validation
from midflight.pg.identifiers import quote_identifier

if TYPE_CHECKING:
    from midflight.operations.state import Constraint, State
    from midflight.operations.step import Step
    from midflight.sql.names import Name


@dataclass(frozen=True, slots=True)
class CreateCheckConstraint(TableChange):
    """Rows must satisfy a condition; those that are there are read beside the traffic."""

    name: str
    table: str
    condition: str
    """As SQL."""
    _: KW_ONLY
    schema: str | None = None

    @property
    def table_name(self) -> Name:
        """Its table."""
        return named(self.table, self.schema)

    def clauses(self, state: State) -> tuple[Clause, ...]:
        """ADD CONSTRAINT ... NOT VALID.

        Raises:
            OperationRefusedError: where there is another constraint of that name.
        """
        must_be_same(state, self.table_name, self.name, self._may_be)
        return (
            Clause(
                f"ADD CONSTRAINT {quote_identifier(self.name)} CHECK ({self.condition}) NOT VALID",
                f"check {self.name}",
                lambda now: now.constraint(self.table_name, self.name) is not None,
            ),
        )

    def later(self, state: State) -> tuple[Step, ...]:  # noqa: ARG002 - always the same
        """VALIDATE."""
        table = self.table_name
        return (validation(table, self.name, done=lambda now: is_valid(now, table, self.name)),)

    def reverse(self) -> Operation:
        """Drop it."""
        from midflight.operations.drop_constraint import DropConstraint  # noqa: PLC0415 - each leads to the other

        return DropConstraint(self.name, self.table, type_="check", schema=self.schema)

    def _may_be(self, found: Constraint) -> bool:
        """PostgreSQL writes conditions in its own way; but each column of the one that is there must be in ours."""
        return found.kind == "check" and all(column.lower() in self.condition.lower() for column in found.columns)
