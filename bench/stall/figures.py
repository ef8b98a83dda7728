"""From runs to the figures that are reported, and whether they reach the targets. It does no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.stall.operation import Operation
    from bench.stall.run import Run
    from bench.stall.traffic import Traffic

STALL_TIMES_IDLE, STALL_FLOOR_MS = 3.0, 25.0
P99_TIMES_IDLE, P99_TIMES_IDLE_WITH_INDEX = 2.0, 5.0


@dataclass(frozen=True, slots=True)
class Idle:
    """The traffic with nothing in its way: the quieter of what was measured before and after all runs."""

    longest_ms: float
    p99_ms: float

    @classmethod
    def of(cls, traffics: Sequence[Traffic]) -> Idle:
        """Take the stricter of each figure."""
        return cls(min(each.longest for each in traffics), min(each.p99 for each in traffics))


@dataclass(frozen=True, slots=True)
class Figures:
    """What is reported of one run."""

    operation: str
    tool: str
    failed: int
    longest_stall_ms: float
    longest_stall_target_ms: float
    p99_ms: float
    p99_target_ms: float
    seconds: float
    attempts: int
    done: bool
    """Whether the change was there afterwards, whole and valid."""
    reason: str | None
    """Why it was not; or why the first of the requests failed."""

    @property
    def reached(self) -> bool:
        """Whether all targets are reached, and the change is made."""
        stalls = self.longest_stall_ms <= self.longest_stall_target_ms and self.p99_ms <= self.p99_target_ms
        return self.done and not self.failed and stalls


def figures(run: Run, operation: Operation, idle: Idle) -> Figures:
    """Count what came of a run."""
    during = run.during
    times = P99_TIMES_IDLE_WITH_INDEX if operation.builds_index else P99_TIMES_IDLE
    failures = run.traffic.failures
    return Figures(
        run.operation,
        run.tool,
        len(failures),
        round(during.longest, 1),
        round(max(STALL_TIMES_IDLE * idle.longest_ms, STALL_FLOOR_MS), 1),
        round(during.p99, 2),
        round(times * idle.p99_ms, 2),
        round(run.seconds, 2),
        run.attempts,
        run.trouble is None,
        run.trouble or (failures[0][1] if failures else None),
    )


def document(figures: Sequence[Figures], idle: Idle, facts: dict[str, Any]) -> dict[str, Any]:
    """Return what bench/out/stall.json holds."""
    return {
        "idle_longest_ms": round(idle.longest_ms, 1),
        "idle_p99_ms": round(idle.p99_ms, 2),
        **facts,
        "runs": [
            {
                "operation": each.operation,
                "tool": each.tool,
                "failed": each.failed,
                "longest_stall_ms": each.longest_stall_ms,
                "p99_ms": each.p99_ms,
                "seconds": each.seconds,
                "longest_stall_target_ms": each.longest_stall_target_ms,
                "p99_target_ms": each.p99_target_ms,
                "attempts": each.attempts,
                "done": each.done,
                "reached": each.reached,
                "reason": each.reason,
            }
            for each in figures
        ],
    }


ROW = "{:<44}{:<25}{:>7}{:>10}{:>9}{:>9}{:>9}{:>9}  {}"
HEAD = ROW.format("operation", "tool", "failed", "stall ms", "target", "p99 ms", "target", "seconds", "reached")


def line(each: Figures) -> str:
    """Write one run as a line of the table."""
    again = f", called {each.attempts} times" if each.attempts > 1 else ""
    not_done = "" if each.done else ", NOT DONE"
    why = f" ({each.reason})" if each.reason else ""
    return ROW.format(
        each.operation,
        each.tool,
        each.failed,
        f"{each.longest_stall_ms:.1f}",
        f"{each.longest_stall_target_ms:.1f}",
        f"{each.p99_ms:.2f}",
        f"{each.p99_target_ms:.2f}",
        f"{each.seconds:.1f}",
        f"{'yes' if each.reached else 'no'}{not_done}{again}{why}",
    )
