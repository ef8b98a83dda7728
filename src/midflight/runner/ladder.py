"""Which ``lock_timeout`` the next try for a lock gets, and how long to wait before it. Pure.

Polling with NOWAIT never makes anybody wait, and gets in as soon as a long reader is gone. Under back-to-back
transactions there is hardly a moment when it can: there a try has to stand in the queue for a short while. That helps
only if all who are in the way end soon; behind a report of a minute it would stall the traffic for nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from midflight.runner.limits import Limits

NOWAIT_PAUSE = (0.01, 0.1)
"""The first and the longest pause between tries that make nobody wait, in seconds."""
SHORT_SECONDS = 0.5
"""A transaction of up to twice that is one of many short ones: behind such it can be of use to stand in the queue."""
DUTY = 4.0
"""After a try that may have made others wait, the pause is up to so many times as long: traffic goes on meanwhile."""


@dataclass(frozen=True, slots=True)
class Try:
    """One try for a lock."""

    number: int = 0
    timeout: float = 0.0
    """Seconds in the lock queue; 0 for NOWAIT."""
    starved: float = 0.0
    """For how long the lock was refused to us by transactions that are short, in seconds."""


def next_try(last: Try, took: float, ages: Sequence[float] | None, limits: Limits) -> Try:
    """Choose the next try.

    Args:
        last: the one that did not succeed.
        took: seconds since it began, with the pause after it.
        ages: for how long the transactions in the way have been open, in seconds; None where that cannot be told.
        limits: the rungs.
    """
    ladder = limits.ladder
    if ages is not None and any(age > 2 * max(ladder[-1], SHORT_SECONDS) for age in ages):
        return Try(last.number + 1, 0.0, last.starved)
    starved = last.starved + took
    return Try(last.number + 1, ladder[min(int(starved // limits.patience), len(ladder) - 1)], starved)


def pause(after: Try, random: Random) -> float:
    """Return how long to wait after a try, in seconds, with full jitter."""
    if after.timeout:
        return random.uniform(0.5, 1.0) * DUTY * after.timeout
    first, longest = NOWAIT_PAUSE
    return random.uniform(0.0, min(longest, first * 2 ** min(after.number, 10))) + 0.001
