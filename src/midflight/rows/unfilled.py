"""What could not be filled, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from midflight.pg.identifiers import QualifiedName


@dataclass(frozen=True, slots=True)
class Unfilled:
    """A table that holds no rows, since none that we know to make would fit."""

    table: QualifiedName
    reason: str
    """PostgreSQL's message, or ours; it never holds a row's values."""
