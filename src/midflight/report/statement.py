"""One traced statement in a terminal report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.report.deeds import blindness, failure, locking, timing, work
from midflight.report.lines import Line, kept, said
from midflight.report.visible import Size, excerpt
from midflight.report.words import disturbing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from midflight.trace.record import TracedStatement

SHORT = Size(lines=6, characters=600)
LONG = Size(lines=40, characters=4_000)


def statement_lines(statement: TracedStatement, *, depth: int) -> Iterator[Line]:
    """Tell what was sent and what of its doings could disturb others."""
    yield from kept(excerpt(statement.sql, SHORT), "cyan", depth=depth)
    held = disturbing(statement.locks_held)
    yield from _deeds(statement, locking(disturbing(statement.locks_taken, statement.locks_held), held), depth)


def statement_in_full(statement: TracedStatement, *, depth: int) -> Iterator[Line]:
    """Tell what was sent, all its locks, what it did and how long it took."""
    yield from kept(excerpt(statement.sql, LONG), "cyan", depth=depth)
    yield from _deeds(statement, locking(statement.locks_taken, statement.locks_held), depth)
    yield _deed(timing(statement), depth, "dim")


def _deeds(statement: TracedStatement, locks: Iterable[str], depth: int) -> Iterator[Line]:
    for text in (*locks, *work(statement)):
        yield _deed(text, depth)
    if failed := failure(statement):
        yield _deed(failed, depth, "red")
    if unobserved := blindness(statement):
        yield _deed(unobserved, depth)


def _deed(text: str, depth: int, style: str = "") -> Line:
    return said(text, style, depth=depth + 1, hanging=1)
