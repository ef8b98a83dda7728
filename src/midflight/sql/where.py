"""The condition of an UPDATE or DELETE, as far as it limits the rows."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Where:
    """Which columns of the changed table its condition binds. What it says beside that is left out."""

    pinned: frozenset[str] = frozenset()
    """Columns that must equal one of a list of constants or parameters (``=``, ``IN``, ``= ANY``, a joined VALUES)."""
    limited: frozenset[str] = frozenset()
    """Columns that must be found in a sub-select with a LIMIT (or FETCH FIRST)."""
    ranged: frozenset[str] = frozenset()
    """Columns that constants or parameters bound from below and from above."""
    current_of: bool = False
    """Whether it is ``WHERE CURRENT OF cursor``: one row."""

    @property
    def bound(self) -> frozenset[str]:
        """Every column that it binds."""
        return self.pinned | self.limited | self.ranged
