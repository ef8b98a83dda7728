"""A constant without the type that PostgreSQL has written behind it."""

from __future__ import annotations


def bare_constant(text: str) -> str:
    """Return ``'open'`` for ``'open'::character varying``, so that it can be of another type; any other as it is."""
    from midflight.sql.grammar.bare_constants import bare_constant as read  # noqa: PLC0415 -- the grammar is loaded by its first use

    return read(text)
