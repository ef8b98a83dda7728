"""Text that others wrote: code, whole or in a line, and paragraphs."""

from __future__ import annotations

from midflight.report.html.element import Html, element, joined
from midflight.report.visible import one_line

LONGEST_LINE = 120
"""Characters of a statement that stand in one line."""


def block(text: str) -> Html:
    """Show code as it is."""
    return element("pre", element("code", text))


def inline(text: str) -> Html:
    """Show a name or a short piece of code within a line."""
    return element("code", one_line(text))


def beginning(text: str) -> Html:
    """Show code in one line, cut off where it is long."""
    line = one_line(text[: LONGEST_LINE * 4])
    return inline(line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}\N{HORIZONTAL ELLIPSIS}")


def paragraphs(text: str) -> Html:
    """Make a paragraph of each; an empty line parts them."""
    return joined(*(element("p", one_line(part)) for part in text.split("\n\n") if part.strip()))
