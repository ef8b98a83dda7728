from __future__ import annotations

import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Holding = Callable[..., Any]
Leftovers = Callable[[Path], list[str]]

STOPPED = 130
pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module", autouse=True)
def warm(cache: Path, where: str, hold: Holding) -> None:
    """Make the templates, so that what follows is a start as it usually is."""
    with hold(cache, where) as holder:
        holder.wait_for("ready")
        holder.stop(signal.SIGINT)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stopped_while_working(
    cache: Path, where: str, hold: Holding, left_behind: Leftovers, number: signal.Signals
) -> None:
    with hold(cache, where) as holder:
        holder.wait_for("ready")
        assert len(left_behind(cache)) > 1
        assert holder.stop(number) == STOPPED
    assert left_behind(cache) == []


@pytest.mark.parametrize("milliseconds", [0, 20, 60, 120, 240])
def test_stopped_while_starting(
    cache: Path, where: str, hold: Holding, left_behind: Leftovers, milliseconds: int
) -> None:
    with hold(cache, where) as holder:
        holder.wait_for("starting")
        time.sleep(milliseconds / 1000)
        assert holder.stop(signal.SIGINT) == STOPPED
    assert left_behind(cache) == []


@pytest.mark.parametrize("milliseconds", [100, 500, 1200])
def test_stopped_while_preparing(
    cold_cache: Path, where: str, hold: Holding, left_behind: Leftovers, milliseconds: int
) -> None:
    with hold(cold_cache, where) as holder:
        holder.wait_for("starting")
        time.sleep(milliseconds / 1000)
        assert holder.stop(signal.SIGINT) == STOPPED
    assert left_behind(cold_cache) == []
    with hold(cold_cache, where) as holder:
        holder.wait_for("ready")  # what is half made is in nobody's way
        holder.stop(signal.SIGINT)


def test_failing_while_working(cache: Path, where: str, hold: Holding, left_behind: Leftovers) -> None:
    with hold(cache, where, "fail") as holder:
        assert "told to fail" in holder.errors()
    assert left_behind(cache) == []


def test_the_next_start_clears_up_after_a_kill(cache: Path, where: str, hold: Holding, left_behind: Leftovers) -> None:
    with hold(cache, where) as sibling:
        living, _ = sibling.wait_for("ready")
        with hold(cache, where) as killed:
            dead, _ = killed.wait_for("ready")
            killed.stop(signal.SIGKILL)
        assert any(dead in item for item in left_behind(cache))

        with hold(cache, where) as following:
            following.wait_for("ready")
            assert not any(dead in item for item in left_behind(cache))
            assert any(living in item and "postgres" in item for item in left_behind(cache))
            following.stop(signal.SIGINT)
        assert sibling.stop(signal.SIGINT) == STOPPED
    assert left_behind(cache) == []


@pytest.mark.parametrize("milliseconds", [50, 200, 700])
def test_later_starts_clear_up_after_a_kill_in_the_middle(
    cold_cache: Path, where: str, hold: Holding, left_behind: Leftovers, milliseconds: int
) -> None:
    """A program that the killed one had started may go on for a while: it is in nobody's way, and goes at last."""
    with hold(cold_cache, where) as killed:
        killed.wait_for("starting")
        time.sleep(milliseconds / 1000)
        killed.stop(signal.SIGKILL)
    for _ in range(20):
        with hold(cold_cache, where) as following:
            following.wait_for("ready")
            following.stop(signal.SIGINT)
        if not left_behind(cold_cache):
            break
    assert left_behind(cold_cache) == []


def test_a_kill_does_not_end_a_stranger(cache: Path, where: str, hold: Holding) -> None:
    """After a crash the number in postmaster.pid may belong to another program: here, to the sibling itself."""
    with hold(cache, where) as sibling:
        sibling.wait_for("ready")
        dead = cache / "run" / "00000000"
        (dead / "data").mkdir(parents=True)
        (dead / "data" / "postmaster.pid").write_text(f"{sibling.process.pid}\n")
        dead.with_suffix(".lock").touch()
        with hold(cache, where) as following:
            following.wait_for("ready")
            following.stop(signal.SIGINT)
        assert not dead.exists()
        assert sibling.process.poll() is None
        sibling.stop(signal.SIGINT)
