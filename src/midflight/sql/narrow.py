"""Limits an UPDATE or DELETE to a batch of rows."""

from __future__ import annotations


def narrowed(text: str, column: str) -> str | None:
    """Add a condition to one UPDATE or DELETE: ``column = ANY(:batch)``, beside those that it has.

    Returns:
        The statement as libpg_query writes it; None where it is no UPDATE or DELETE that can be read.
    """
    from midflight.sql.grammar.narrow import narrowed as written  # noqa: PLC0415 -- the grammar is loaded by its first use

    return written(text, column)
