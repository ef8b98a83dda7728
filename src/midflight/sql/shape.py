"""What a statement says without its constants: they may be anybody's data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

CONSTANT = "?"


def shape(sql: str, *, longest: int = 200) -> str:
    """Return SQL on one line, with ``?`` in place of every constant and without comments.

    Args:
        sql: the text, which may have been cut anywhere.
        longest: characters after which it is cut here.
    """
    try:
        text = "".join(_pieces(sql)).strip()
    except ValueError:
        text = _first_words(sql)
    return text if len(text) <= longest else f"{text[:longest].rstrip()} ..."


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
    """Return what can be shown of text that the scanner cannot read, such as one that was cut within a string."""
    words = re.match(r"\s*([A-Za-z]+(?:\s+[A-Za-z_]+)?)", sql)
    return f"{' '.join(words[1].split())} ..." if words else "..."
