"""How fast a backfill may go: the next batch's size from the last one's time, and brakes from what was seen around."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from midflight.backfill.figures import as_bytes, as_number, as_rate, as_seconds, as_times
from midflight.settings import Pace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = [
    "FULL_SPEED",
    "Brake",
    "Pace",
    "Signals",
    "brake_of",
    "figures_of",
    "has_brakes",
    "next_rows",
    "pause_after",
    "vacuum_is_due",
    "words_of",
]

FULL_SPEED = Pace(
    batch_seconds=0.1,
    largest_batch=10_000,
    vacuum_share=0.1,
    replication_lag=math.inf,
    replication_bytes=math.inf,
    waiting_queries=math.inf,
    wal_rate=math.inf,
    oldest_transaction=math.inf,
    dead_rows=math.inf,
    probe_latency=math.inf,
)
"""Without brakes, in larger batches: for a table that nobody uses."""

AUTOVACUUM_SHARE = 0.2
"""PostgreSQL's own default: https://www.postgresql.org/docs/current/runtime-config-autovacuum.html"""
_SLOWEST = 0.1
"""The part of the time that is left for work just before a brake stops it."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What was seen, each named as its limit in ``Pace``; None is what the role may not see, or what is not there."""

    replication_lag: float | None = None
    """Seconds that the standby furthest behind has yet to replay."""
    replication_bytes: float | None = None
    waiting_queries: float | None = None
    """Queries that have been waiting for a lock of the table, or of a row of it, for a while."""
    wal_rate: float | None = None
    """Bytes a second, of the whole server."""
    oldest_transaction: float | None = None
    """Seconds for which VACUUM has not been able to clean up behind anybody."""
    dead_rows: float | None = None
    """As a multiple of those at which autovacuum should begin."""
    probe_latency: float | None = None
    """As a multiple of what it was in quiet."""
    brake: float | str = 0.0
    """What the user's own function says: how strongly to brake, or why to stop."""


@dataclass(frozen=True, slots=True)
class Brake:
    """What holds a backfill back."""

    signal: str
    """Its name, as in ``Pace``."""
    words: str
    """With its figures, such as ``replication lag 14 s > 10 s``."""
    strength: float
    """Above 0; 1 stops it."""

    @property
    def stops(self) -> bool:
        """Whether nothing may be done until it is better."""
        return self.strength >= 1


@dataclass(frozen=True, slots=True)
class _Limited:
    """A signal that has a limit of its own."""

    name: str
    says: str
    write: Callable[[float], str]


_LIMITED = (
    _Limited("replication_lag", "replication lag", as_seconds),
    _Limited("replication_bytes", "replication behind by", as_bytes),
    _Limited("waiting_queries", "queries waiting for locks", as_number),
    _Limited("wal_rate", "WAL", as_rate),
    _Limited("oldest_transaction", "oldest transaction", as_seconds),
    _Limited("dead_rows", "dead rows against autovacuum's threshold", as_times),
    _Limited("probe_latency", "latency of a trivial query", as_times),
)


def next_rows(pace: Pace, rows: int, seconds: float) -> int:
    """Return how many rows the next batch takes, after one of so many rows took so long.

    It goes towards the time that a batch should take, and at most twice or half as far at once, so that one slow
    moment of the disk does not set back the whole work.
    """
    wanted = rows * pace.batch_seconds / max(seconds, 0.0001)
    near = max(rows / 2, min(wanted, rows * 2))
    return max(pace.smallest_batch, min(round(near), pace.largest_batch))


def pause_after(pace: Pace, seconds: float, brake: Brake | None) -> float:
    """Return how many seconds to pause after a batch that took so long; where a brake stops, until the next look."""
    if brake is None:
        return seconds * pace.rest
    if brake.stops:
        return pace.look_seconds
    share = 1 - (1 - _SLOWEST) * brake.strength
    return seconds * (pace.rest + 1 / share - 1)


def brake_of(pace: Pace, signals: Signals, before: Brake | None = None) -> Brake | None:
    """Return the strongest brake; None where nothing holds it back.

    What had stopped it before stops it until it is below its limit again.
    """
    brakes = [brake for brake in (*(_limited(pace, signals, one) for one in _LIMITED), _own(signals)) if brake]
    if before is not None and before.stops:
        for brake in brakes:
            if brake.signal == before.signal:
                return Brake(brake.signal, brake.words, 1.0)
    return max(brakes, key=lambda brake: brake.strength, default=None)


def vacuum_is_due(pace: Pace, changed: int, table_rows: int, brake: Brake | None) -> bool:
    """Tell whether the table is to be vacuumed, after so many rows were changed since it last was.

    A share of a large table, since each VACUUM may read its indexes from one end to the other. And as soon as dead
    rows hold the work back, for autovacuum may not come; but where it cannot clean, behind an old transaction, not
    again before there is as much to clean once more.
    """
    if brake is not None and brake.signal == "dead_rows":
        return changed > (0 if brake.stops else AUTOVACUUM_SHARE * table_rows)
    return changed >= max(pace.vacuum_rows, pace.vacuum_share * table_rows)


def has_brakes(pace: Pace) -> bool:
    """Tell whether anything could hold it back."""
    return pace.brake is not None or any(math.isfinite(getattr(pace, one.name)) for one in _LIMITED)


def figures_of(pace: Pace, signals: Signals) -> dict[str, dict[str, float]]:
    """Return each known signal that has a limit, with its value and its limit, as the ledger shows them."""
    known = {one.name: (getattr(signals, one.name), getattr(pace, one.name)) for one in _LIMITED}
    return {
        name: {"value": round(value, 3), "limit": limit}
        for name, (value, limit) in known.items()
        if value is not None and math.isfinite(limit)
    }


def words_of(figures: Mapping[str, Mapping[str, float]]) -> str:
    """Put figures of the ledger into words, such as ``replication lag 2 s of 10 s``."""
    known = [(one, figures[one.name]) for one in _LIMITED if one.name in figures]
    return ", ".join(f"{one.says} {one.write(each['value'])} of {one.write(each['limit'])}" for one, each in known)


def _limited(pace: Pace, signals: Signals, one: _Limited) -> Brake | None:
    value, limit = getattr(signals, one.name), getattr(pace, one.name)
    if value is None or value <= limit:
        return None
    strength = min(value / limit - 1, 1.0) if limit else 1.0
    return Brake(one.name, f"{one.says} {one.write(value)} > {one.write(limit)}", strength)


def _own(signals: Signals) -> Brake | None:
    if isinstance(signals.brake, str):
        return Brake("brake", signals.brake, 1.0)
    if signals.brake <= 0:
        return None
    return Brake("brake", f"own brake {signals.brake:.0%}", min(signals.brake, 1.0))
