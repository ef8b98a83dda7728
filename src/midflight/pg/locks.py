"""Table-level lock modes and which of them conflict.

The source is PostgreSQL's manual, "Explicit Locking", table 13.2:
https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES
"""

from __future__ import annotations

import enum


class LockMode(enum.IntEnum):
    """A table-level lock mode, in the order of the manual's table; a later one is not always stronger."""

    ACCESS_SHARE = 1
    ROW_SHARE = 2
    ROW_EXCLUSIVE = 3
    SHARE_UPDATE_EXCLUSIVE = 4
    SHARE = 5
    SHARE_ROW_EXCLUSIVE = 6
    EXCLUSIVE = 7
    ACCESS_EXCLUSIVE = 8

    @classmethod
    def from_catalog(cls, name: str) -> LockMode:
        """Read a mode as ``pg_locks.mode`` spells it, such as ``AccessExclusiveLock``."""
        return _BY_CATALOG_NAME[name]

    @property
    def catalog_name(self) -> str:
        """The mode as ``pg_locks.mode`` spells it."""
        return f"{self.name.title().replace('_', '')}Lock"

    @property
    def label(self) -> str:
        """The mode as the manual and ``LOCK TABLE`` spell it, such as ``ACCESS EXCLUSIVE``."""
        return self.name.replace("_", " ")

    def conflicts_with(self, other: LockMode) -> bool:
        """Tell whether two sessions cannot hold these modes on one table at the same time."""
        return other in _CONFLICTS[self]

    @property
    def blocks_reads(self) -> bool:
        """Whether a plain SELECT of another session waits."""
        return self.conflicts_with(LockMode.ACCESS_SHARE)

    @property
    def blocks_writes(self) -> bool:
        """Whether an INSERT, UPDATE or DELETE of another session waits."""
        return self.conflicts_with(LockMode.ROW_EXCLUSIVE)


_BY_CATALOG_NAME = {mode.catalog_name: mode for mode in LockMode}

_CONFLICTS: dict[LockMode, frozenset[LockMode]] = {
    LockMode.ACCESS_SHARE: frozenset({LockMode.ACCESS_EXCLUSIVE}),
    LockMode.ROW_SHARE: frozenset({LockMode.EXCLUSIVE, LockMode.ACCESS_EXCLUSIVE}),
    LockMode.ROW_EXCLUSIVE: frozenset(
        {LockMode.SHARE, LockMode.SHARE_ROW_EXCLUSIVE, LockMode.EXCLUSIVE, LockMode.ACCESS_EXCLUSIVE}
    ),
    LockMode.SHARE_UPDATE_EXCLUSIVE: frozenset(mode for mode in LockMode if mode >= LockMode.SHARE_UPDATE_EXCLUSIVE),
    LockMode.SHARE: frozenset(
        mode for mode in LockMode if mode >= LockMode.ROW_EXCLUSIVE and mode is not LockMode.SHARE
    ),
    LockMode.SHARE_ROW_EXCLUSIVE: frozenset(mode for mode in LockMode if mode >= LockMode.ROW_EXCLUSIVE),
    LockMode.EXCLUSIVE: frozenset(mode for mode in LockMode if mode >= LockMode.ROW_SHARE),
    LockMode.ACCESS_EXCLUSIVE: frozenset(LockMode),
}
