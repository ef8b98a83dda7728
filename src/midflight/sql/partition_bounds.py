"""The bound of a partition, read by PostgreSQL's grammar."""

from __future__ import annotations

from dataclasses import dataclass

MINVALUE, MAXVALUE = "MINVALUE", "MAXVALUE"


@dataclass(frozen=True, slots=True)
class Bound:
    """``FOR VALUES ...`` or ``DEFAULT``; each value is SQL."""

    is_default: bool = False
    values: tuple[str, ...] = ()
    """Of a list, without NULL."""
    has_null: bool = False
    lower: tuple[str, ...] = ()
    """Of a range, where MINVALUE and MAXVALUE stand for themselves."""
    upper: tuple[str, ...] = ()
    modulus: int = 0
    """Of a hash; 0 for the others."""
    remainder: int = 0


def read_bound(text: str) -> Bound | None:
    """Read a bound; None where it is none."""
    from midflight.sql.grammar.bounds import parse_bound  # noqa: PLC0415 - the grammar is loaded by its first use

    return parse_bound(text)
