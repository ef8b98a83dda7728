"""Finds the comments of a file that allow hazards, and of which of its lines each speaks."""

from __future__ import annotations

import io
import tokenize
from dataclasses import dataclass
from typing import TYPE_CHECKING

from midflight import sql
from midflight.hazards.allowance import Allowance, read_allowance

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from midflight.checks.sql_text import SqlText

NONE = range(0)
"""No line: a comment that stands at no statement speaks of none."""
_LAYOUT = frozenset(
    {tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING, tokenize.ENDMARKER}
)


@dataclass(frozen=True, slots=True)
class _LogicalLine:
    """A statement of Python, or the head of a block, over one line or more.

    https://docs.python.org/3/reference/lexical_analysis.html#logical-lines
    """

    lines: range
    is_top_level: bool


def allowances_in_file(path: Path | None) -> tuple[Allowance, ...]:
    """Read a revision's file; one that is no text, such as compiled code, holds none."""
    if path is None:
        return ()
    try:
        with tokenize.open(path) as file:
            return allowances_in_python(file.read())
    except (OSError, SyntaxError, UnicodeDecodeError, tokenize.TokenError):
        return ()


def allowances_in_python(text: str) -> tuple[Allowance, ...]:
    """Return the comments of a revision that allow hazards.

    One on the lines of a statement, or directly above it, speaks of that statement; where that stands outside of
    every function, or where nothing follows at all, it speaks of the whole revision.

    Raises:
        SyntaxError, tokenize.TokenError: the text is no Python.
    """
    tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    code = tuple(_logical_lines(tokens))
    comments = [token for token in tokens if token.type == tokenize.COMMENT]
    rows = {row for row, _ in (comment.start for comment in comments) if not any(row in line.lines for line in code)}
    return _read((comment.string, comment.start[0], _spoken_of(comment, rows, code)) for comment in comments)


def allowances_in_sql(script: SqlText) -> tuple[Allowance, ...]:
    """Return the comments of a SQL file that allow hazards.

    One on the lines of a statement, or directly above it, speaks of that statement; one before the first statement,
    with an empty line between, of the whole file.
    """
    comments = sql.comments(script.text)
    rows = {comment.line for comment in comments if comment.is_alone}
    spans = [range(piece.line, piece.line + piece.text.count("\n") + 1) for piece in script.pieces]
    return _read((one.text, one.line, _spoken_of_in_sql(one.line, rows, spans)) for one in comments)


def _logical_lines(tokens: Iterable[tokenize.TokenInfo]) -> Iterator[_LogicalLine]:
    first: tokenize.TokenInfo | None = None
    for token in tokens:
        if first is None and token.type not in _LAYOUT:
            first = token
        if first is not None and token.type == tokenize.NEWLINE:
            yield _LogicalLine(range(first.start[0], token.start[0] + 1), is_top_level=first.start[1] == 0)
            first = None


def _spoken_of(comment: tokenize.TokenInfo, rows: set[int], code: tuple[_LogicalLine, ...]) -> range | None:
    row, column = comment.start
    place = _below(row, rows)
    at = next((line for line in code if line.lines.stop > place), None)  # the line that it stands at, or the next one
    if at is not None and not at.is_top_level:
        return at.lines if place in at.lines else NONE
    return NONE if row in rows and column else None  # an indented one ends the block above


def _spoken_of_in_sql(row: int, rows: set[int], spans: list[range]) -> range | None:
    place = row if any(row in span for span in spans) else _below(row, rows)
    found = [span for span in spans if place in span]
    if found:
        return range(found[0].start, found[-1].stop)
    return None if all(row < span.start for span in spans) else NONE


def _below(row: int, rows: set[int]) -> int:
    """Go down from a comment past those directly below it; one beside code stays where it is."""
    while row in rows:
        row += 1
    return row


def _read(comments: Iterable[tuple[str, int, range | None]]) -> tuple[Allowance, ...]:
    read = (read_allowance(*comment) for comment in comments)
    return tuple(allowance for allowance in read if allowance is not None)
