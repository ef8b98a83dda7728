"""The page that a report is laid out for: as wide as the terminal, with colours where they are wanted."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from midflight.report.lines import Page

Colour = Literal["auto", "always", "never"]
COLOURS = ("auto", "always", "never")
WIDTH_OF_FILES = 100
"""Columns of a report that goes to no terminal, unless COLUMNS says otherwise."""


def page_on(descriptor: int | None, choice: Colour) -> Page:
    """Return the page for a file descriptor; None is a file."""
    from midflight.report.lines import Page  # noqa: PLC0415 - rich is heavy, and --help needs none

    is_terminal = descriptor is not None and os.isatty(descriptor)
    columns = os.get_terminal_size(descriptor).columns if descriptor is not None and is_terminal else 0
    return Page(
        width=_wanted_columns(os.environ) or columns or WIDTH_OF_FILES,
        colour=wants_colour(choice, os.environ, is_terminal=is_terminal),
    )


def wants_colour(choice: Colour, environment: Mapping[str, str], *, is_terminal: bool) -> bool:
    """Decide by the flag, then NO_COLOR (https://no-color.org), then FORCE_COLOR, then whether it is a terminal."""
    if choice != "auto":
        return choice == "always"
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return True
    return is_terminal and environment.get("TERM") != "dumb"


def _wanted_columns(environment: Mapping[str, str]) -> int:
    columns = environment.get("COLUMNS", "")
    return int(columns) if columns.isascii() and columns.isdecimal() else 0
