"""DROP EXTENSION."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from midflight.operations.create_extension import CreateExtension
from midflight.operations.operation import Asked, Operation
from midflight.operations.step import Step
from midflight.pg.identifiers import quote_identifier

if TYPE_CHECKING:
    from midflight.operations.state import State


@dataclass(frozen=True, slots=True)
class DropExtension(Operation):
    """An extension goes; PostgreSQL refuses this while anything of the user's needs it."""

    name: str
    _: KW_ONLY
    schema: str | None = None
    """Where it is made again on the way back."""

    @property
    def asks(self) -> Asked:
        """Itself."""
        return Asked(extensions=(self.name,))

    def steps(self, state: State) -> tuple[Step, ...]:  # noqa: ARG002 - always the same
        """Drop it."""
        sql = f"DROP EXTENSION {quote_identifier(self.name)}"
        return (Step(f"drop extension {self.name}", sql, lambda now: self.name not in now.extensions),)

    def reverse(self) -> Operation:
        """Create it again."""
        return CreateExtension(self.name, schema=self.schema)
