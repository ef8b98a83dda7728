"""The comments of SQL text, told by PostgreSQL's own scanner from what looks like one inside of a string."""

from __future__ import annotations

from dataclasses import dataclass

from midflight.sql.split import for_server


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment that begins with ``--``."""

    text: str
    line: int
    """From 1."""
    is_alone: bool
    """Whether nothing but white space stands before it on its line."""


def comments(text: str) -> tuple[Comment, ...]:
    """Return the comments of SQL that ``split`` accepts."""
    from postgast import pg_query_pb2 as pb  # noqa: PLC0415 -- the grammar is loaded by its first use
    from postgast import scan  # noqa: PLC0415 -- likewise

    if "--" not in text:
        return ()
    sql = for_server(text)
    data = sql.encode()
    spans = [(token.start, token.end) for token in scan(sql).tokens if token.token == pb.SQL_COMMENT]
    return tuple(_comment(data, start, end) for start, end in spans)


def _comment(data: bytes, start: int, end: int) -> Comment:
    line_start = data.rfind(b"\n", 0, start) + 1
    is_alone = not data[line_start:start].strip()
    return Comment(data[start:end].decode(), data.count(b"\n", 0, start) + 1, is_alone)
