"""Writes one ALTER TABLE in the place of several."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def combined(texts: Iterable[str]) -> str | None:
    """Put the commands of several ALTER TABLE statements of one table into the first of them.

    Returns:
        The statement as libpg_query writes it; None where one of them is no ALTER TABLE that can be read.
    """
    from midflight.sql.grammar.combine import combined as written  # noqa: PLC0415 -- the grammar is loaded by its first use

    return written(texts)
