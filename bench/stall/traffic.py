"""What a load is made of, and what came of it. It does no I/O."""

from __future__ import annotations

import math
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Load:
    """A load: so many clients, each with a fixed schedule, and what else goes on beside them."""

    clients: int = 20
    rate: float = 400.0
    """Requests a second of all clients together."""
    users: int = 100_000
    rows: int = 5_000_000
    shares: tuple[int, ...] = (50, 20, 20, 7, 3)
    """How many of 100 requests read by the key, read by the user, update, insert and delete."""
    reader_seconds: float = 5.0
    """How long the long reader reads; 0: there is none."""
    reader_first: float = 1.0
    """Seconds after the load's start at which it comes first."""
    reader_pause: float = 3.0
    """Seconds from its going to its coming again."""
    starving: int = 0
    """Clients in back-to-back transactions, in the way of every strong lock."""
    starving_seconds: float = 0.08
    """How long each of those transactions is."""

    def scheduled(self, client: int, number: int) -> float:
        """Return when a client's request of that number is due, in seconds from the start: clients take turns."""
        return (number * self.clients + client) / self.rate


@dataclass(frozen=True, slots=True)
class Traffic:
    """What the clients saw."""

    requests: list[tuple[float, float]]
    """Of each request: when it was due, in seconds from the start, and how many milliseconds later it was answered."""
    failures: list[tuple[float, str]] = field(default_factory=list)
    """Of each request that failed: when it was due, and why."""

    def between(self, begin: float, end: float) -> Traffic:
        """Return what was due in that time."""
        return Traffic(
            [each for each in self.requests if begin <= each[0] < end],
            [each for each in self.failures if begin <= each[0] < end],
        )

    @property
    def longest(self) -> float:
        """The longest that a request took, in milliseconds, failed ones too."""
        return max((latency for _, latency in self.requests), default=0.0)

    @property
    def p99(self) -> float:
        """What 99 of 100 requests took at most, in milliseconds."""
        return percentile([latency for _, latency in self.requests], 0.99)


def percentile(values: list[float], share: float) -> float:
    """Return the smallest value that at least that share of all values do not exceed; 0 where there are none."""
    return sorted(values)[math.ceil(share * len(values)) - 1] if values else 0.0
