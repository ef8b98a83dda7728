"""How long it takes to read, index or rewrite a table of some size: a range, since nobody knows the disks.

The fast end of each rate is what we measured on two cores with PostgreSQL 15, for a table of 2 million rows of 200
bytes (a heap of 400 MB) that was all in memory. The slow end is a disk with the throughput of an ordinary cloud volume,
125 MB/s (https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html), of which other sessions take their
share, and for what writes, the WAL its own.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

_MB = 1_000_000


class Work(enum.Enum):
    """What is done to a whole table."""

    SCAN = "scan"
    INDEX = "index build"
    REWRITE = "rewrite"
    WRITE = "write"
    """UPDATE or DELETE of its rows."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Bytes of the table in a second."""

    fast: float
    slow: float


RATES = {
    Work.SCAN: Rate(fast=2_000 * _MB, slow=60 * _MB),  # SET NOT NULL: 183 ms
    Work.INDEX: Rate(fast=650 * _MB, slow=20 * _MB),  # CREATE INDEX on an integer: 581 ms; text sorts far slower
    Work.REWRITE: Rate(fast=150 * _MB, slow=15 * _MB),  # integer to bigint, with its indexes: 2,531 ms
    Work.WRITE: Rate(fast=30 * _MB, slow=3 * _MB),  # one UPDATE of every row: 13 s; each index makes it slower
}


@dataclass(frozen=True, slots=True)
class Estimate:
    """A time, in seconds, from the least to the most that is likely."""

    least: float = 0.0
    most: float = 0.0

    def __add__(self, other: Estimate) -> Estimate:
        """Add the time of what comes after."""
        return Estimate(self.least + other.least, self.most + other.most)

    def __bool__(self) -> bool:
        """Whether there is anything to wait for."""
        return self.most > 0


def estimate(work: Work, number: int, *, passes: int = 1) -> Estimate:
    """Estimate the time of work on a number of bytes, which are gone over so many times."""
    rate = RATES[work]
    return Estimate(number * passes / rate.fast, number * passes / rate.slow)
