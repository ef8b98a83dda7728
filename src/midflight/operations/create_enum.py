"""CREATE TYPE ... AS ENUM."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from midflight.operations.operation import Asked, Operation, OperationRefusedError, named
from midflight.operations.step import Step
from midflight.pg.identifiers import quote_literal

if TYPE_CHECKING:
    from midflight.operations.state import State


@dataclass(frozen=True, slots=True)
class CreateEnum(Operation):
    """An enum type with its values, in their order."""

    name: str
    values: tuple[str, ...]
    _: KW_ONLY
    schema: str | None = None

    @property
    def asks(self) -> Asked:
        """Itself."""
        return Asked(enums=(named(self.name, self.schema),))

    def steps(self, state: State) -> tuple[Step, ...]:
        """Create it.

        Raises:
            OperationRefusedError: where there is one with other values.
        """
        enum = named(self.name, self.schema)
        found = state.enums.get(enum)
        if found is not None and found != self.values and not state.resumed:
            raise OperationRefusedError(
                f"enum {enum} is there already, with other values",
                hint="add what it lacks with op.add_enum_value, or give the new one another name",
            )
        values = ", ".join(quote_literal(value) for value in self.values)
        return (
            Step(
                says=f"create enum {enum}",
                sql=f"CREATE TYPE {enum.sql} AS ENUM ({values})",
                done=lambda now: enum in now.enums,
            ),
        )

    def reverse(self) -> Operation:
        """Drop it."""
        from midflight.operations.drop_enum import DropEnum  # noqa: PLC0415 - each leads to the other

        return DropEnum(self.name, schema=self.schema, values=self.values)
