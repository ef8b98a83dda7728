"""A file of plain SQL, read and split."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from midflight import sql
from midflight.errors import SqlFileError, SqlSyntaxError

if TYPE_CHECKING:
    from pathlib import Path

STANDARD_INPUT = "<stdin>"


@dataclass(frozen=True, slots=True)
class SqlText:
    """The statements of one file."""

    name: str
    path: Path | None
    """None for standard input."""
    text: str
    pieces: tuple[sql.Piece, ...]


def read_script(file: Path | None) -> SqlText:
    """Read a file, or standard input where it is None.

    Raises:
        SqlFileError: where it cannot be read or PostgreSQL's grammar does not accept it; with the line.
    """
    name = str(file) if file else STANDARD_INPUT
    try:
        data = file.read_bytes() if file else sys.stdin.buffer.read()
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SqlFileError(f"{name}: not UTF-8 text ({error.reason} at byte {error.start})") from error
    except OSError as error:
        raise SqlFileError(f"{name}: {error.strerror}") from error
    try:
        return SqlText(name, file, text, sql.split(text))
    except SqlSyntaxError as error:
        line = text.count("\n", 0, error.position) + 1
        raise SqlFileError(f"{name}, line {line}: {error}") from error
