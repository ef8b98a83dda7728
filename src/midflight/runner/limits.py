"""How long the runner waits, and how long what it does may take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from midflight.settings import Settings


ROW_WAIT_MILLISECONDS = 500
"""How long a change of rows waits for one that another transaction holds; nobody queues up behind it for the table.
Less than ``deadlock_timeout`` (1 s), after which PostgreSQL ends one of the two, and maybe not ours.
https://www.postgresql.org/docs/current/runtime-config-locks.html#GUC-DEADLOCK-TIMEOUT"""


@dataclass(frozen=True, slots=True)
class Limits:
    """All in seconds."""

    stall: float = 0.5
    """The stall budget: how long queries may have to wait behind one try to get a lock."""
    rungs: tuple[float, ...] = (0.02, 0.1, 0.5)
    """The ``lock_timeout`` of each rung above NOWAIT; those above the stall budget are left out."""
    patience: float = 2.0
    """How long a rung is tried before the next one."""
    max_wait: float = 600.0
    """How long it waits for a lock, or for another deployer, in all."""
    quick: float = 5.0
    """What a change of the catalog alone may take, once it has its lock."""
    long: float = 6 * 3600.0
    """What a scan or a build beside the traffic may take."""
    cancel_blockers_after: float | None = None
    """After what time a blocker's query is cancelled; None for never."""
    terminate_blockers_after: float | None = None
    """After what time a blocker's session is ended; None for never."""

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """Take them from the settings."""
        return cls(
            stall=settings.stall_budget,
            rungs=settings.lock_timeouts,
            max_wait=settings.max_wait,
            quick=settings.quick_limit,
            long=settings.long_limit,
            cancel_blockers_after=settings.cancel_blockers_after,
            terminate_blockers_after=settings.terminate_blockers_after,
        )

    @property
    def ladder(self) -> tuple[float, ...]:
        """The ``lock_timeout`` of each try, 0 for NOWAIT, from the gentlest on."""
        return (0.0, *(rung for rung in self.rungs if rung <= self.stall))
