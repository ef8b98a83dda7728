"""DROP SEQUENCE."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from midflight.operations.operation import Asked, Operation, named
from midflight.operations.step import Step

if TYPE_CHECKING:
    from midflight.operations.state import State


@dataclass(frozen=True, slots=True)
class DropSequence(Operation):
    """A sequence goes; PostgreSQL refuses this while a default takes its values."""

    name: str
    _: KW_ONLY
    schema: str | None = None

    @property
    def asks(self) -> Asked:
        """Itself."""
        return Asked(relations=(named(self.name, self.schema),))

    def steps(self, state: State) -> tuple[Step, ...]:  # noqa: ARG002 - always the same
        """Drop it."""
        sequence = named(self.name, self.schema)
        sql = f"DROP SEQUENCE {sequence.sql}"
        return (Step(f"drop sequence {sequence}", sql, lambda now: now.relation(sequence) is None),)
