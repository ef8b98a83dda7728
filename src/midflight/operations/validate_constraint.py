"""VALIDATE CONSTRAINT."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from midflight.operations.operation import Asked, Operation, named
from midflight.operations.step import Mode, Step, Work
from midflight.pg.identifiers import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Callable

    from midflight.operations.state import State
    from midflight.sql.names import Name


@dataclass(frozen=True, slots=True)
class ValidateConstraint(Operation):
    """The rows that were there before a NOT VALID constraint are read, beside the traffic."""

    name: str
    table: str
    _: KW_ONLY
    schema: str | None = None

    @property
    def asks(self) -> Asked:
        """Its table."""
        return Asked(relations=(named(self.table, self.schema),))

    def steps(self, state: State) -> tuple[Step, ...]:  # noqa: ARG002 - always the same
        """VALIDATE, in a transaction of its own."""
        table = named(self.table, self.schema)
        return (validation(table, self.name, done=lambda now: is_valid(now, table, self.name)),)

    def reverse(self) -> Operation:
        """Nothing: a constraint that was validated stays so."""
        from midflight.operations.nothing import Nothing  # noqa: PLC0415 - what only a reverse needs

        return Nothing()


def validation(table: Name, constraint: str, *, done: Callable[[State], bool]) -> Step:
    """VALIDATE a constraint: it reads all rows, but lets reads and writes go on."""
    return Step(
        says=f"read {table} to validate {constraint}",
        sql=f"ALTER TABLE {table.sql} VALIDATE CONSTRAINT {quote_identifier(constraint)}",
        done=done,
        mode=Mode.APART,
        work=Work.LONG,
    )


def is_valid(state: State, table: Name, constraint: str) -> bool:
    """Tell whether a constraint is there and holds for all rows."""
    found = state.constraint(table, constraint)
    return found is not None and found.valid
