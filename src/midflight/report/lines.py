"""Lines of a report, wrapped to any width with a hanging indent and without trailing spaces."""

from __future__ import annotations

from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from midflight.report.visible import one_line, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


INDENT = 2
NARROWEST = 16
"""Characters left to the text however deep it is indented."""


@dataclass(frozen=True, slots=True)
class Page:
    """What lines are laid out for."""

    width: int
    """In columns."""
    colour: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line before it is wrapped."""

    text: Text
    depth: int = 0
    """How far it is indented, in steps of two spaces."""
    hanging: int = 0
    """How much further the lines are indented on which it goes on."""
    is_code: bool = False
    """Whether it must stay whole at any width, since somebody will copy it."""


BLANK = Line(Text())


def said(text: str, style: str = "", *, depth: int = 0, hanging: int = 0) -> Line:
    """Make a line of plain words; white space is run together."""
    return Line(Text(one_line(text), style), depth, hanging)


def paragraphs(text: str, *, depth: int = 0) -> tuple[Line, ...]:
    """Make a line of each paragraph; an empty line parts them."""
    lines = [said(paragraph, depth=depth) for paragraph in text.split("\n\n") if paragraph.strip()]
    return tuple(line for number, line in enumerate(lines) for line in ([BLANK] if number else []) + [line])


def kept(text: str, style: str = "", *, depth: int = 0) -> tuple[Line, ...]:
    """Make a line of each line of a text, its own indent kept and continued where it is wrapped."""
    return tuple(
        Line(Text(line.lstrip(), style), depth + _indent(line), 1) if line.strip() else BLANK
        for line in visible(text).splitlines()
    )


def code(text: str, style: str = "", *, depth: int = 0) -> tuple[Line, ...]:
    """Make lines of text to be copied: they are never wrapped."""
    return tuple(Line(Text(line, style), depth, is_code=True) for line in visible(text).splitlines())


def laid_out(lines: Iterable[Line], page: Page) -> str:
    """Lay lines out on a page: no markup is read from them, and no emoji codes."""
    console = Console(
        file=StringIO(),
        width=page.width,
        force_terminal=page.colour,
        color_system="standard" if page.colour else None,
        no_color=not page.colour,
        markup=False,
        highlight=False,
        emoji=False,
    )
    with console.capture() as captured:
        for line in _single_spaced(lines):
            for piece in _wrapped(line, console):
                piece.rstrip()
                console.print(piece, soft_wrap=True)
    return captured.get()


def _single_spaced(lines: Iterable[Line]) -> Iterator[Line]:
    """Leave out empty lines that follow an empty line, or at either end."""
    space_is_due, is_first = False, True
    for line in lines:
        if not line.text:
            space_is_due = not is_first
            continue
        if space_is_due:
            yield BLANK
        yield line
        space_is_due, is_first = False, False


def _wrapped(line: Line, console: Console) -> list[Text]:
    first = " " * (INDENT * line.depth)
    if line.is_code or not line.text:
        return [Text(first) + line.text]
    further = first + " " * (INDENT * line.hanging)
    head = line.text.wrap(console, max(console.width - len(first), NARROWEST))[0]
    rest = line.text[len(head) :]
    rest = rest[len(rest) - len(rest.plain.lstrip()) :]
    tail = rest.wrap(console, max(console.width - len(further), NARROWEST)) if rest else ()
    return [Text(first) + head, *(Text(further) + piece for piece in tail)]


def _indent(line: str) -> int:
    return (len(line) - len(line.lstrip(" "))) // INDENT
