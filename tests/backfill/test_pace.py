"""How fast a backfill may go, as decisions on plain data."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from midflight.backfill.pace import (
    FULL_SPEED,
    Brake,
    Pace,
    Signals,
    brake_of,
    figures_of,
    has_brakes,
    next_rows,
    pause_after,
    vacuum_is_due,
    words_of,
)
from midflight.errors import SettingsError
from midflight.settings import load_settings

if TYPE_CHECKING:
    from pathlib import Path

PACE = Pace(batch_seconds=0.02, smallest_batch=10, largest_batch=2000)


@pytest.mark.parametrize(
    ("rows", "seconds", "following"),
    [
        (1000, 0.02, 1000),
        (1000, 0.025, 800),
        (1000, 0.001, 2000),  # at most twice
        (1000, 5.0, 500),  # at most half: one slow moment of the disk is forgotten soon
        (1500, 0.0, 2000),
        (12, 1.0, 10),
    ],
)
def test_a_batch_goes_towards_its_time(rows: int, seconds: float, following: int) -> None:
    assert next_rows(PACE, rows, seconds) == following


def test_batches_of_one_cost_settle_at_the_time_they_should_take() -> None:
    rows = 10
    for _ in range(20):
        rows = next_rows(PACE, rows, rows * 0.00004)
    assert rows == 500


@pytest.mark.parametrize(
    ("signals", "words", "strength"),
    [
        (Signals(), None, 0),
        (Signals(replication_lag=10.0), None, 0),  # the limit itself is allowed
        (Signals(replication_lag=14.0), "replication lag 14 s > 10 s", 0.4),
        (Signals(replication_bytes=1024.0**3), "replication behind by 1 GB > 256 MB", 1),
        (Signals(waiting_queries=3), "queries waiting for locks 3 > 2", 0.5),
        (Signals(wal_rate=300 * 1024.0**2), "WAL 300 MB/s > 200 MB/s", 0.5),
        (Signals(oldest_transaction=7200), "oldest transaction 120 min > 30 min", 1),
        (Signals(dead_rows=4.5), "dead rows against autovacuum's threshold 4.5 times > 3.0 times", 0.5),
        (Signals(probe_latency=6.0), "latency of a trivial query 6.0 times > 5.0 times", 0.2),
        (Signals(brake=0.25), "own brake 25%", 0.25),
        (Signals(brake="month's end"), "month's end", 1),
        (Signals(replication_lag=14.0, waiting_queries=30), "queries waiting for locks 30 > 2", 1),
    ],
)
def test_the_strongest_brake_counts(signals: Signals, words: str | None, strength: float) -> None:
    brake = brake_of(PACE, signals)
    assert (brake.words if brake else None) == words
    assert (brake.strength if brake else 0) == pytest.approx(strength)


def test_what_was_stopped_goes_on_only_below_the_limit() -> None:
    stopped = brake_of(PACE, Signals(replication_lag=25.0))
    assert stopped is not None
    assert stopped.stops
    still = brake_of(PACE, Signals(replication_lag=11.0), stopped)
    assert still is not None
    assert still.stops
    assert still.words == "replication lag 11 s > 10 s"
    assert brake_of(PACE, Signals(replication_lag=9.0), still) is None
    another = brake_of(PACE, Signals(replication_lag=9.0, wal_rate=300 * 1024.0**2), still)
    assert another is not None
    assert not another.stops


def test_a_limit_of_zero_and_one_of_infinity() -> None:
    strict, careless = Pace(waiting_queries=0), Pace(waiting_queries=math.inf)
    brake = brake_of(strict, Signals(waiting_queries=1))
    assert brake is not None
    assert brake.stops
    assert brake_of(strict, Signals(waiting_queries=0)) is None
    assert brake_of(careless, Signals(waiting_queries=10_000)) is None
    assert has_brakes(careless)


def test_full_speed_looks_at_nothing() -> None:
    assert not has_brakes(FULL_SPEED)
    assert FULL_SPEED.largest_batch > PACE.largest_batch


def test_a_pause_grows_with_the_brake() -> None:
    pauses = [pause_after(PACE, 0.02, Brake("wal_rate", "", strength)) for strength in (0.1, 0.5, 0.9)]
    assert pause_after(PACE, 0.02, None) == 0
    assert pauses == sorted(pauses)
    assert 0 < pauses[0] < 0.003
    assert 0.08 < pauses[2] < 0.2
    assert pause_after(PACE, 0.02, Brake("wal_rate", "", 1.0)) == PACE.look_seconds
    assert pause_after(Pace(rest=0.5), 0.02, None) == pytest.approx(0.01)


def test_a_vacuum_is_due_after_a_share_of_a_large_table() -> None:
    assert not vacuum_is_due(PACE, 49_999, 100_000, None)
    assert vacuum_is_due(PACE, 50_000, 100_000, None)
    assert not vacuum_is_due(PACE, 200_000, 1_000_000_000, None)
    assert vacuum_is_due(PACE, 120_000_000, 1_000_000_000, None)


def test_dead_rows_that_stop_the_work_are_vacuumed() -> None:
    """Autovacuum may not come, and then the work would never go on."""
    stopped = Brake("dead_rows", "", 1.0)
    assert vacuum_is_due(PACE, 1, 1_000_000, stopped)
    assert not vacuum_is_due(PACE, 0, 1_000_000, stopped)  # it was, and an old transaction is in its way


def test_dead_rows_that_slow_it_down_are_vacuumed_once_until_there_are_as_many_again() -> None:
    slowed = brake_of(PACE, Signals(dead_rows=PACE.dead_rows * 1.25))
    assert slowed is not None
    assert not slowed.stops
    assert vacuum_is_due(PACE, 40_001, 200_000, slowed)
    assert not vacuum_is_due(PACE, 40_000, 200_000, slowed)  # VACUUM has not helped


def test_figures_are_those_that_are_known_and_limited() -> None:
    pace = Pace(wal_rate=math.inf)
    assert figures_of(pace, Signals(replication_lag=1.23456, wal_rate=5.0)) == {
        "replication_lag": {"value": 1.235, "limit": 10.0}
    }


def test_figures_are_put_into_words() -> None:
    figures = figures_of(PACE, Signals(replication_lag=2.0, wal_rate=1024.0**2))
    assert words_of(figures) == "replication lag 2.0 s of 10 s, WAL 1 MB/s of 200 MB/s"
    assert words_of({}) == ""


def test_a_team_sets_its_pace_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text(
        "[tool.midflight.backfill]\nbatch_seconds = 0.05\nwal_rate = inf\nbrake = 'shop.brakes:sale'\n"
    )
    pace = load_settings().backfill
    assert (pace.batch_seconds, pace.wal_rate, pace.brake) == (0.05, math.inf, "shop.brakes:sale")


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("batch_seconds = 0", "backfill.batch_seconds"),
        ("speed = 3", "backfill.speed"),
        ("brake = 'no function'", "backfill.brake"),
    ],
)
def test_a_wrong_pace_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text(f"[tool.midflight.backfill]\n{line}\n")
    with pytest.raises(SettingsError, match=f"setting '{name}'"):
        load_settings()
