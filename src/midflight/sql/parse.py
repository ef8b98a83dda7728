"""Reads one SQL statement by PostgreSQL's own grammar."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from midflight.sql.statement import Statement


@lru_cache(maxsize=4096)
def parse(text: str) -> Statement:
    """Read one statement as a server would get it, with or without ``$1`` parameters.

    Text that cannot be read is no error here, since to refuse it is the server's business: such a statement is
    ``opaque``, for a reason, and has no changes.
    """
    from midflight.sql.grammar.statements import read_statement  # noqa: PLC0415 -- the grammar is loaded by its first use

    return read_statement(text)
