from __future__ import annotations

import fcntl
import os
import pty
import struct
import termios
from typing import TYPE_CHECKING

import pytest

from midflight.cli.page import Colour, page_on, wants_colour

if TYPE_CHECKING:
    from collections.abc import Iterator

VARIABLES = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM")


@pytest.fixture(autouse=True)
def _no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def terminal() -> Iterator[int]:
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 57, 0, 0))
    yield follower
    os.close(follower)
    os.close(leader)


@pytest.mark.parametrize(
    ("choice", "variables", "on_terminal", "on_file"),
    [
        ("auto", {}, True, False),
        ("always", {}, True, True),
        ("never", {}, False, False),
        ("auto", {"NO_COLOR": "1"}, False, False),
        ("auto", {"NO_COLOR": ""}, True, False),
        ("auto", {"FORCE_COLOR": "1"}, True, True),
        ("auto", {"FORCE_COLOR": ""}, True, False),
        ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False, False),
        ("always", {"NO_COLOR": "1"}, True, True),
        ("never", {"FORCE_COLOR": "1"}, False, False),
        ("auto", {"TERM": "dumb"}, False, False),
    ],
)
def test_colours(choice: Colour, variables: dict[str, str], on_terminal: bool, on_file: bool) -> None:  # noqa: FBT001 - a table's columns
    assert wants_colour(choice, variables, is_terminal=True) is on_terminal
    assert wants_colour(choice, variables, is_terminal=False) is on_file


def test_page_of_a_terminal_is_as_wide_as_it_is(terminal: int) -> None:
    page = page_on(terminal, "auto")
    assert (page.width, page.colour) == (57, True)


def test_page_of_a_pipe_or_a_file() -> None:
    reading, writing = os.pipe()
    for descriptor in (writing, None):
        page = page_on(descriptor, "auto")
        assert (page.width, page.colour) == (100, False)
    os.close(reading)
    os.close(writing)


@pytest.mark.parametrize(("columns", "width"), [("120", 120), ("0", 57), ("wide", 57), ("-3", 57), ("²", 57)])
def test_columns_may_be_set(terminal: int, columns: str, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert page_on(terminal, "auto").width == width
