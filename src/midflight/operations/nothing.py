"""Nothing to do: the way back of what needs none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from midflight.operations.operation import Operation

if TYPE_CHECKING:
    from midflight.operations.state import State
    from midflight.operations.step import Step


@dataclass(frozen=True, slots=True)
class Nothing(Operation):
    """No step at all."""

    def steps(self, state: State) -> tuple[Step, ...]:  # noqa: ARG002 - there is none
        """None."""
        return ()

    def reverse(self) -> Operation:
        """Nothing again."""
        return self
