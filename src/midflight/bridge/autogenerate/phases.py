"""A change that old and new code live through together, as three calls forward and three back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.bridge.autogenerate.call import Call
from midflight.operations.phase import Phase

if TYPE_CHECKING:
    from collections.abc import Iterator


class PhaseLine(str):
    """``phase = ...`` at module level, as one of a script's imports: Alembic sorts those, and this comes behind all.

    Every template has a place for imports; none but this could hold it.
    """

    __slots__ = ()

    def __lt__(self, other: str) -> bool:
        """Never: nothing stands behind it."""
        return False

    def __gt__(self, other: str) -> bool:
        """Always."""
        return True


def phase_line(phase: Phase) -> PhaseLine:
    """Return the line, with an empty one before it."""
    return PhaseLine(f"\nphase: str = {phase.value!r}")


def phases_of(change: Call) -> Iterator[tuple[Phase, Call, Call]]:
    """Return what each phase of a change calls forward, and back."""
    for phase in Phase:
        forward = {**change.keywords, "phase": phase.value}
        yield (
            phase,
            Call(change.function, change.arguments, forward, change.notes if phase is Phase.EXPAND else ()),
            Call(change.function, change.arguments, {**forward, "undo": True}),
        )


def titled(phase: Phase, title: str | None, number: int | None = None) -> str:
    """Say in front which part of which change it is: file names are cut at their ends."""
    part = phase.value if number is None else f"{phase.value} {number}"
    return f"{part}: {title}" if title else part
