"""The decisions alone: what a way leaves for the contract phase, and which gates facts shut."""

from __future__ import annotations

import pytest

from midflight.operations.phase import Phase
from midflight.pg.identifiers import QualifiedName
from midflight.phases.facts import NOTHING, Backfill, Facts, LiveInstance
from midflight.phases.gates import shut_gates, strangers
from midflight.phases.history import History, Node

T = QualifiedName("public", "t")


def history(**revisions: tuple[str, str]) -> History:
    """Make a history of ``id=(phase, parents)``."""
    return History.of(Node(id_, Phase(phase), tuple(upon.split())) for id_, (phase, upon) in revisions.items())


LINE = history(
    a=("expand", ""),
    b=("migrate", "a"),
    c=("contract", "b"),
    d=("expand", "c"),
    e=("migrate", "d"),
    f=("contract", "e"),
)
FORK = history(
    a=("expand", ""),
    b=("contract", "a"),
    b2=("expand", "b"),
    c=("expand", "a"),
    d=("expand", "c"),
    m=("expand", "b2 d"),
)


def backfill(name: str, state: str, revision: str | None) -> Backfill:
    return Backfill(name, T, state, revision, rows_read=1200, rows_estimated=50000)


def instance(*revisions: str, host: str = "web-1") -> LiveInstance:
    return LiveInstance("shop", "1.4", revisions, host, 12, 3.0)


def test_the_expand_phase_stops_before_the_first_contract_of_each_branch() -> None:
    assert LINE.left_by_expand("abcdef") == {"c", "d", "e", "f"}
    assert LINE.left_by_expand("de") == set()
    assert LINE.contracts("abcdef") == ("c", "f")
    assert FORK.left_by_expand(["a", "b", "c", "b2", "d", "m"]) == {"b", "b2", "m"}
    assert FORK.left_by_expand(["c", "d", "b2", "m"]) == set()  # the contract was applied before


@pytest.mark.parametrize("state", ["pending", "running", "verifying", "paused", "failed"])
def test_a_backfill_of_a_revision_before_shuts_the_gate_until_it_is_verified(state: str) -> None:
    [gate] = shut_gates("c", LINE, Facts((backfill("fill", state, "b"),)))
    assert (gate.contract, gate.kind) == ("c", "backfill")
    assert "the backfill fill of t" in gate.reason
    assert "1,200 of about 50,000 rows done" in gate.reason


@pytest.mark.parametrize("state", ["finished", "cancelled"])
def test_a_backfill_that_is_finished_or_given_up_holds_nothing_back(state: str) -> None:
    assert shut_gates("c", LINE, Facts((backfill("fill", state, "b"),))) == ()


def test_backfills_of_other_revisions_hold_nothing_back() -> None:
    facts = Facts((backfill("later", "running", "e"), backfill("elsewhere", "running", "zz")))
    assert shut_gates("c", LINE, facts) == ()
    assert [gate.contract for gate in shut_gates("f", LINE, facts)] == ["f"]


def test_a_backfill_of_which_nobody_knows_the_revision_holds_all_back() -> None:
    [gate] = shut_gates("c", LINE, Facts((backfill("fill", "running", None),)))
    assert "which no known revision has registered" in gate.reason


@pytest.mark.parametrize(
    ("state", "workers", "command"),
    [
        ("pending", 0, "run"),
        ("running", 0, "run"),
        ("running", 2, "status"),
        ("paused", 0, "resume"),
        ("failed", 0, "retry"),
    ],
)
def test_the_command_that_helps_is_named(state: str, workers: int, command: str) -> None:
    one = Backfill("it's", T, state, "b", workers=workers)
    [gate] = shut_gates("c", LINE, Facts((one,)))
    assert gate.hint == f"midflight backfill {command} 'it'\"'\"'s'"


def test_failed_rows_and_the_reason_are_named() -> None:
    one = Backfill("fill", T, "failed", "b", failures=3, error="too many rows have failed")
    [gate] = shut_gates("c", LINE, Facts((one,)))
    assert "has failed (too many rows have failed)" in gate.reason
    assert gate.reason.endswith("3 failed")


@pytest.mark.parametrize(("built_for", "is_shut"), [("a", True), ("b", True), ("c", False), ("e", False), ("f", False)])
def test_an_instance_built_before_the_contract_shuts_the_gate(built_for: str, is_shut: bool) -> None:  # noqa: FBT001 - a parameter of the test
    gates = shut_gates("c", LINE, Facts(instances=(instance(built_for),)))
    assert bool(gates) == is_shut
    if gates:
        assert gates[0].kind == "instance"
        assert f"shop 1.4, built for {built_for}" in gates[0].reason
        assert "web-1 (process 12)" in gates[0].reason


def test_an_instance_of_several_heads_is_new_where_one_of_them_is() -> None:
    assert shut_gates("b", FORK, Facts(instances=(instance("b2", "d"),))) == ()
    assert len(shut_gates("b", FORK, Facts(instances=(instance("a", "d"),)))) == 1


def test_an_instance_of_an_unknown_revision_counts_as_newer_and_is_told() -> None:
    facts = Facts(instances=(instance("zz"), instance("f")))
    assert shut_gates("c", LINE, facts) == ()
    assert strangers(LINE, facts) == (instance("zz"),)


def test_one_gate_for_each_release_and_not_all_of_its_instances_by_name() -> None:
    facts = Facts(instances=(*(instance("a", host=f"web-{number}") for number in range(7)), instance("b")))
    first, second = shut_gates("c", LINE, facts)
    assert "7 instances of shop 1.4, built for a" in first.reason
    assert first.reason.endswith("web-4 (process 12) and 2 more")
    assert "an instance of shop 1.4, built for b" in second.reason


def test_without_a_ledger_nothing_is_held_back() -> None:
    assert shut_gates("c", LINE, NOTHING) == ()
