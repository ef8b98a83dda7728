"""The pure parts of the bench of backfills: what is told, and when a target is reached."""

from __future__ import annotations

import pytest
from bench.backfill.figures import TARGETS, Measured, document, figures
from bench.backfill.flatness import Size, sizes
from bench.backfill.page import page
from bench.backfill.triggers import OTHER, SYNCED, Cost
from bench.backfill.under_load import FULL_SPEED, LOOP, PACED, STATEMENT, Run
from bench.stall.figures import Idle
from bench.stall.traffic import Load, Traffic

KEYS = {
    "paced_ratio": 1.2,
    "paced_p99_ratio": 2.0,
    "paced_longest_ms": 20.0,
    "full_speed_ratio": 0.8,
    "loop_by_hand_ratio": 1.5,
    "heap_ratio": 0.6,
    "flatness": 0.9,
    "trigger_ratio": 1.4,
    "trigger_other_ratio": 1.05,
}
FACTS = {"rows": 1000, "rate": 5.0, "server": "a server", "machine": "a machine", "busy": 0.4}


def run_of(way: str, seconds: float, heap: int = 1000, *, trouble: str | None = None) -> Run:
    requests = [(0.0, 20.0), *[(0.0, 4.0)] * 200]
    return Run(way, 1000, Traffic(requests), seconds, seconds + 1, heap, trouble)


def measured(**changes: str | None) -> Measured:
    return Measured(
        Idle(longest_ms=6.0, p99_ms=2.0),
        {
            STATEMENT: run_of(STATEMENT, 10.0),
            LOOP: run_of(LOOP, 15.0),
            PACED: run_of(PACED, 12.0, 600, **changes),
            FULL_SPEED: run_of(FULL_SPEED, 8.0),
        },
        [Size(10, 2, 0.2, None), Size(100, 1, 1.1111111, None)],
        {SYNCED: Cost(SYNCED, 1.4, 1.0), OTHER: Cost(OTHER, 1.05, 1.0)},
    )


def test_every_figure_that_the_bench_promises_is_told() -> None:
    assert figures(measured()) == pytest.approx(KEYS, abs=0.001)
    assert set(KEYS) == {target.key for target in TARGETS} <= set(document(measured(), FACTS))


def test_what_was_not_measured_is_not_told() -> None:
    only = Measured(runs={PACED: run_of(PACED, 1.0)})
    assert set(figures(only)) == {"paced_longest_ms"}
    assert figures(Measured()) == {}
    assert document(Measured(), FACTS)["runs"] == []


@pytest.mark.parametrize(("key", "missed"), [("paced_ratio", 1.31), ("flatness", 0.79), ("trigger_other_ratio", 1.11)])
def test_targets(key: str, missed: float) -> None:
    (target,) = (each for each in TARGETS if each.key == key)
    assert target.reached(KEYS[key])
    assert not target.reached(missed)


def test_a_way_that_has_not_done_its_work_is_named() -> None:
    assert measured().troubles == []
    assert measured(trouble="5 rows are not changed").troubles == ["paced: 5 rows are not changed"]


def test_the_page_tells_what_missed_its_target() -> None:
    told = measured()
    assert "**missed**" not in page(told, load=Load(), facts=FACTS)
    told.runs[PACED] = run_of(PACED, 14.0)
    assert page(told, load=Load(), facts=FACTS).count("**missed**") == 2  # the time, and the heap


def test_the_sizes_of_the_full_run() -> None:
    assert sizes(2_000_000) == (10_000, 1_000_000, 10_000_000)
