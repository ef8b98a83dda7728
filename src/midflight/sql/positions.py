"""Places in a text."""

from __future__ import annotations


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Return the line and the column, from 1, of a character offset, from 0; one behind the end is the end."""
    before = text[:offset]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
