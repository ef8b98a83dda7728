"""Puts the commands of several ALTER TABLE statements into one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.message import DecodeError
from postgast import PgQueryError, deparse, parse

from midflight.sql.grammar.nodes import opened

if TYPE_CHECKING:
    from collections.abc import Iterable


def combined(texts: Iterable[str]) -> str | None:
    """Read, put together, write; see :func:`midflight.sql.combine.combined`."""
    try:
        first, *others = [parse(text) for text in texts]
    except (PgQueryError, DecodeError):
        return None
    for tree in others:
        kind, statement = opened(tree.stmts[0].stmt)
        if kind != "alter_table_stmt":
            return None
        first.stmts[0].stmt.alter_table_stmt.cmds.extend(statement.cmds)
    return str(deparse(first))
