"""A statement as it may be shown to people: with ``?`` in place of each constant, and without its comments."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 120
"""Characters of a statement that are shown."""


def without_constants(text: str) -> str | None:
    """Return a statement in one line, cut, without its constants; None where it cannot be read.

    By the scanner's tokens: the parser's own way leaves the constants of utility statements, and comments.
    """
    import postgast  # noqa: PLC0415 - the grammar is loaded by its first use

    try:
        normal = " ".join("".join(_pieces(text)).split())
    except postgast.PgQueryError:
        return None  # also one that pg_stat_activity has cut: it may end within a constant
    return normal if len(normal) <= LONGEST else normal[: LONGEST - 1] + "…"


def _pieces(text: str) -> Iterator[str]:
    import postgast  # noqa: PLC0415 - likewise
    from postgast.pg_query_pb2 import Token  # noqa: PLC0415 - likewise

    constants = {Token.SCONST, Token.USCONST, Token.BCONST, Token.XCONST, Token.FCONST, Token.ICONST}
    comments = {Token.SQL_COMMENT, Token.C_COMMENT}
    data, seen = text.encode(), 0
    for token in postgast.scan(text).tokens:
        yield data[seen : token.start].decode()
        if token.token in constants:
            yield "?"
        elif token.token not in comments:
            yield data[token.start : token.end].decode()
        seen = token.end
