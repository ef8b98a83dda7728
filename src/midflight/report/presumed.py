"""The schema that a SQL file presupposes, in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.report.visible import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence


def presumed_text(things: Sequence[str]) -> str:
    """Say what was presumed, and how to give the real schema."""
    told = ", ".join(one_line(thing) for thing in things)
    return f"The schema before it is presumed from the file itself: {told}; give --baseline for the real one."
