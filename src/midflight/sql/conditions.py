"""Conditions on a row: the columns and constants that they mention."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Condition:
    """What a boolean expression, such as a CHECK constraint's, is made of."""

    text: str
    columns: frozenset[str]
    """A domain's own value is called ``value``."""
    constants: tuple[str, ...] = ()
    """The constants but for patterns, as text, in the order of the expression; those in an array one by one."""
    regular_expressions: tuple[str, ...] = ()
    like_patterns: tuple[str, ...] = ()


@lru_cache(maxsize=4096)
def read_condition(text: str) -> Condition:
    """Read a boolean expression as ``pg_get_expr`` writes it; one that cannot be read mentions nothing."""
    from midflight.sql.grammar.conditions import read  # noqa: PLC0415 -- the grammar is loaded by its first use

    return read(text)
