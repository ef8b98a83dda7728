"""Splits SQL text into statements, as psql would, by PostgreSQL's own scanner and parser."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from midflight.errors import SqlSyntaxError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postgast import PgQueryError

_LINE_FOR_CLIENT = re.compile(
    r"^[ \t]*(?:\\(?P<meta>[^\s\\]*)[^\n]*|copy\s[^;]*?\sfrom\s+stdin\b)", re.IGNORECASE | re.MULTILINE
)
"""What psql takes for itself where a line begins: a meta-command, and a COPY whose data follows."""

_MEANINGLESS = frozenset(
    {"connect", "c", "echo", "encoding", "pset", "qecho", "restrict", "set", "timing", "unrestrict", "unset", "warn"}
)
"""Meta-commands that can be left out: they steer the session of psql and send no SQL of their own."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One statement of a text, without its semicolon and the comments around it."""

    text: str
    line: int
    """The line, from 1, where its first token stands."""
    offset: int
    """The character offset, from 0, of its first token."""


def split(text: str) -> tuple[Piece, ...]:
    r"""Split SQL into its statements; offsets and lines are those of ``text`` as given.

    The meta-commands that ``pg_dump`` writes, such as ``\restrict`` and ``\connect``, are left out.

    Raises:
        SqlSyntaxError: where PostgreSQL's grammar does not accept the text, where data follow a
            ``COPY ... FROM stdin``, and where a meta-command of psql would change what is run.
    """
    sql = for_server(text)
    data = sql.encode()
    pieces: list[Piece] = []
    line, offset, seen = 1, 0, 0
    for start, end in _statements(sql):
        skipped = data[seen:start].decode()
        line, offset, seen = line + skipped.count("\n"), offset + len(skipped), start
        pieces.append(Piece(data[start:end].decode(), line, offset))
    return tuple(pieces)


def for_server(text: str) -> str:
    """Return SQL as PostgreSQL's scanner takes it: what psql keeps for itself is blank, and offsets stay.

    Raises:
        SqlSyntaxError: as ``split`` does.
    """
    return _without_lines_for_client(_storable(text))


def _storable(text: str) -> str:
    """Refuse what no PostgreSQL text can hold; a byte order mark becomes a space, so that offsets stay."""
    unfit = re.search("[\0\ud800-\udfff]", text)
    if unfit is not None:
        raise SqlSyntaxError(f"SQL cannot contain the character U+{ord(unfit[0]):04X}", position=unfit.start())
    return " " + text[1:] if text.startswith("\ufeff") else text


def _without_lines_for_client(sql: str) -> str:
    """Blank the meta-commands of psql; those inside of a string or comment are none."""
    kept: list[str] = []
    done = 0
    for found in _LINE_FOR_CLIENT.finditer(sql):
        if not _is_complete(sql[done : found.start()]):
            continue
        if found["meta"] not in _MEANINGLESS:
            raise SqlSyntaxError(_why_refused(found["meta"]), position=found.start())
        kept += [sql[done : found.start()], " " * len(found[0])]
        done = found.end()
    return "".join([*kept, sql[done:]])


def _is_complete(sql: str) -> bool:
    """Tell whether a text ends outside of every string, quoted name and comment."""
    from postgast import PgQueryError, scan  # noqa: PLC0415 -- the grammar is loaded by its first use

    try:
        scan(sql)
    except PgQueryError:
        return False
    return True


def _why_refused(meta: str | None) -> str:
    if meta is None:
        return "data blocks (COPY ... FROM stdin) are not supported: dump the schema alone (pg_dump --schema-only)"
    return f"psql's \\{meta} is not supported: it would change what is run"


def _statements(sql: str) -> Iterator[tuple[int, int]]:
    """Yield the byte offsets of each statement's first token and of its last token's end."""
    from postgast import PgQueryError  # noqa: PLC0415 -- the grammar is loaded by its first use
    from postgast import split as split_by_parser  # noqa: PLC0415 -- likewise

    try:
        lengths = [len(statement.encode()) for statement in split_by_parser(sql)]
        tokens = deque(_tokens(sql))
    except PgQueryError as error:
        raise SqlSyntaxError(error.message, position=_position(error)) from error
    for length in lengths:
        start, end = tokens.popleft()
        limit = start + length
        while tokens and tokens[0][0] < limit:
            _, end = tokens.popleft()
        yield start, end


def _tokens(sql: str) -> Iterator[tuple[int, int]]:
    """Yield the byte offsets of every token but comments and semicolons."""
    from postgast import pg_query_pb2 as pb  # noqa: PLC0415 -- the grammar is loaded by its first use
    from postgast import scan  # noqa: PLC0415 -- likewise

    between = {pb.SQL_COMMENT, pb.C_COMMENT, pb.ASCII_59}
    return ((token.start, token.end) for token in scan(sql).tokens if token.token not in between)


def _position(error: PgQueryError) -> int:
    """The character offset of an error: libpg_query counts characters from 1 here, and bytes everywhere else."""
    cursor: int = error.cursorpos
    return max(cursor - 1, 0)
