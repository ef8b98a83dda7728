"""A statement as it may be shown to people: without its constants and comments, which may be anybody's data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

CONSTANT = "?"
LONGEST = 160
"""Characters of a statement that are shown."""


def without_constants(text: str) -> str | None:
    """Return a statement in one line, cut, with ``?`` in place of every constant; None where nothing can be shown.

    The scanner alone decides, since the parser leaves constants in DDL, in EXECUTE and in comments. A text that
    pg_stat_activity has cut within a constant cannot be scanned: of that, the first two words are shown.
    """
    try:
        shown = "".join(_pieces(text)).strip()
    except ValueError:
        shown = _first_words(text)
    return (shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1].rstrip()}…") or None


def _pieces(sql: str) -> Iterator[str]:
    from postgast import PgQueryError, scan  # noqa: PLC0415 -- the grammar is loaded by its first use
    from postgast import pg_query_pb2 as pb  # noqa: PLC0415 -- likewise

    constants = {pb.SCONST, pb.USCONST, pb.BCONST, pb.XCONST, pb.ICONST, pb.FCONST}
    comments = {pb.SQL_COMMENT, pb.C_COMMENT}
    try:
        data, tokens = sql.encode(), scan(sql).tokens
    except (PgQueryError, UnicodeEncodeError) as error:
        raise ValueError(type(error).__name__) from None  # what it says may quote the text
    end = 0
    for token in tokens:
        if token.token in comments:
            continue
        yield " " if token.start > end else ""
        yield CONSTANT if token.token in constants else data[token.start : token.end].decode()
        end = token.end


def _first_words(sql: str) -> str:
    words = re.match(r"\s*([A-Za-z]+(?:\s+[A-Za-z_]+)?)", sql)
    return f"{' '.join(words[1].split())} …" if words else ""
