"""DROP TYPE, of an enum."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from midflight.operations.create_enum import CreateEnum
from midflight.operations.operation import Asked, IrreversibleError, Operation, named
from midflight.operations.step import Step

if TYPE_CHECKING:
    from midflight.operations.state import State


@dataclass(frozen=True, slots=True)
class DropEnum(Operation):
    """An enum type goes; PostgreSQL refuses this while a column is of it."""

    name: str
    _: KW_ONLY
    schema: str | None = None
    values: tuple[str, ...] | None = None
    """What it had, for the way back."""

    @property
    def asks(self) -> Asked:
        """Itself."""
        return Asked(enums=(named(self.name, self.schema),))

    def steps(self, state: State) -> tuple[Step, ...]:  # noqa: ARG002 - always the same
        """Drop it."""
        enum = named(self.name, self.schema)
        return (Step(f"drop enum {enum}", f"DROP TYPE {enum.sql}", lambda now: enum not in now.enums),)

    def reverse(self) -> Operation:
        """Create it again, where its values are told."""
        if self.values is None:
            raise IrreversibleError(f"drop_enum({self.name!r}) does not tell which values the enum had")
        return CreateEnum(self.name, self.values, schema=self.schema)
