"""CREATE EXTENSION."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from midflight.operations.operation import Asked, Operation
from midflight.operations.step import Step
from midflight.pg.identifiers import quote_identifier

if TYPE_CHECKING:
    from midflight.operations.state import State


@dataclass(frozen=True, slots=True)
class CreateExtension(Operation):
    """An extension is there, in any version where none is named."""

    name: str
    _: KW_ONLY
    schema: str | None = None
    version: str | None = None

    @property
    def asks(self) -> Asked:
        """Itself."""
        return Asked(extensions=(self.name,))

    def steps(self, state: State) -> tuple[Step, ...]:  # noqa: ARG002 - always the same
        """Create it, where it is not there yet."""
        schema = f" SCHEMA {quote_identifier(self.schema)}" if self.schema else ""
        version = f" VERSION {quote_identifier(self.version)}" if self.version else ""
        return (
            Step(
                says=f"create extension {self.name}",
                sql=f"CREATE EXTENSION IF NOT EXISTS {quote_identifier(self.name)}{schema}{version}",
                done=lambda now: self.name in now.extensions,
            ),
        )

    def reverse(self) -> Operation:
        """Drop it."""
        from midflight.operations.drop_extension import DropExtension  # noqa: PLC0415 - each leads to the other

        return DropExtension(self.name, schema=self.schema)
