"""An SQL expression as far as a hazard needs to know it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Expression:
    """A default, a USING clause or the condition of a CHECK."""

    text: str
    """As libpg_query writes it again; letter case and brackets may differ from the source."""
    functions: tuple[str, ...] = ()
    """The functions it calls, without their schema."""
    is_null: bool = False
    """Whether it is NULL, cast or not."""
    column: str | None = None
    """The column that it consists of, cast or not; None where it is anything else."""
    never_null: frozenset[str] = frozenset()
    """As a condition: the columns that cannot be NULL where it is true (``a IS NOT NULL AND ...``)."""
