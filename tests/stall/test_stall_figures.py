"""The pure parts of the load bench: its schedule, its percentiles, its targets and its plot."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from bench.stall.figures import Idle, document, figures
from bench.stall.operations import OPERATIONS
from bench.stall.plot import plot
from bench.stall.run import Run, reason
from bench.stall.traffic import Load, Traffic, percentile

IDLE = Idle(longest_ms=6.0, p99_ms=2.0)


def run_of(*latencies: float, failures: int = 0, trouble: str | None = None, operation: str = "check") -> Run:
    requests = [(2.0 + number / 1000, latency) for number, latency in enumerate(latencies)]
    return Run(operation, "stock", Traffic(requests, [(2.0, "no")] * failures), 2.0, 1.0, 1, trouble)


def reached(run: Run) -> bool:
    (operation,) = (each for each in OPERATIONS if each.name == run.operation)
    return figures(run, operation, IDLE).reached


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [([], 0.99, 0.0), ([5.0], 0.99, 5.0), ([*map(float, range(1, 101))], 0.99, 99.0), ([3.0, 1.0, 2.0], 0.5, 2.0)],
)
def test_percentile(values: list[float], share: float, expected: float) -> None:
    assert percentile(values, share) == expected


def test_clients_take_turns_at_the_rate() -> None:
    load = Load(clients=4, rate=8.0)
    due = sorted(load.scheduled(client, number) for client in range(4) for number in range(2))
    assert due == [number / 8 for number in range(8)]


def test_a_request_that_was_due_before_the_tool_began_or_long_after_is_not_counted() -> None:
    run = Run("check", "stock", Traffic([(1.9, 900.0), (2.0, 1.0), (3.9, 3.0), (4.1, 900.0)]), 2.0, 1.0, 1, None)
    assert run.during.longest == 3.0


def test_targets() -> None:
    assert reached(run_of(4.0, 4.0))
    assert reached(run_of(*[1.0] * 100, 25.0))
    assert not reached(run_of(*[1.0] * 100, 25.2))  # the longest stall
    assert not reached(run_of(4.1, 4.1))  # p99
    assert reached(run_of(10.0, 10.0, operation="create-index"))
    assert not reached(run_of(1.0, failures=1))
    assert not reached(run_of(1.0, trouble="it is not there"))


def test_the_document_has_what_the_issue_asks_for() -> None:
    (operation,) = (each for each in OPERATIONS if each.name == "check")
    told = document([figures(run_of(1.0), operation, IDLE)], IDLE, {})
    assert (told["idle_longest_ms"], told["idle_p99_ms"]) == (6.0, 2.0)
    assert {"operation", "tool", "failed", "longest_stall_ms", "p99_ms", "seconds"} <= set(told["runs"][0])


def test_the_plot_is_well_formed_whatever_the_names_are() -> None:
    drawn = plot([[run_of(1.0, 5000.0, operation="a<b"), run_of(1.0)], [run_of()]])
    assert "a&lt;b" in drawn
    ET.fromstring(drawn)


def test_the_reason_is_the_line_that_names_the_error() -> None:
    said = "Traceback\n  File x\nsome.Error: first\nsqlalchemy.exc.OperationalError: it\n(Background on this: x)"
    assert reason(said) == "sqlalchemy.exc.OperationalError: it"
    assert reason("") == "it said nothing"


def test_every_operation_has_a_name_of_its_own_and_a_reason_where_django_has_none() -> None:
    assert len({operation.name for operation in OPERATIONS}) == len(OPERATIONS)
    assert all(bool(operation.django) != bool(operation.without_django) for operation in OPERATIONS)
