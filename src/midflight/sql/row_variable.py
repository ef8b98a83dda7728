"""Expressions over the columns of a row, as a trigger function reads them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection


def with_row_variable(expression: str, columns: Collection[str], variable: str = "new") -> str:
    """Put a row variable in front of columns: ``round(total * 100)`` becomes ``round(new.total * 100)``.

    Args:
        expression: one scalar expression, without sub-select.
        columns: those that get it; other names, functions, types and texts stay as they are.
        variable: as PL/pgSQL knows it.

    Raises:
        SqlSyntaxError: where it is anything else than one expression.
    """
    return _rewritten(expression, frozenset(columns), variable)


def columns_in(expression: str) -> tuple[str, ...]:
    """Return the columns that an expression names, each once, in their order.

    Raises:
        SqlSyntaxError: where it is anything else than one expression.
    """
    from midflight.sql.grammar.row_variable import column_names  # noqa: PLC0415 -- the grammar is loaded by its first use

    return column_names(expression)


@lru_cache(maxsize=256)
def _rewritten(expression: str, columns: frozenset[str], variable: str) -> str:
    from midflight.sql.grammar.row_variable import rewritten  # noqa: PLC0415 -- the grammar is loaded by its first use

    return rewritten(expression, columns, variable)
