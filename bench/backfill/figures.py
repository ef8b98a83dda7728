"""From what was measured to the figures that are reported, and whether they reach the targets. It does no I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bench.backfill.triggers import OTHER, SYNCED
from bench.backfill.under_load import FULL_SPEED, LOOP, PACED, STATEMENT

if TYPE_CHECKING:
    from bench.backfill.flatness import Size
    from bench.backfill.triggers import Cost
    from bench.backfill.under_load import Run
    from bench.stall.figures import Idle


@dataclass(frozen=True, slots=True)
class Target:
    """A figure, and what it has to reach."""

    key: str
    says: str
    most: float | None = None
    least: float | None = None

    def reached(self, value: float) -> bool:
        """Tell whether a value is good enough; of what has no target every one is."""
        return (self.most is None or value <= self.most) and (self.least is None or value >= self.least)

    @property
    def words(self) -> str:
        """Write the target."""
        if self.most is not None:
            return f"at most {self.most:g}"
        return f"at least {self.least:g}" if self.least is not None else ""


TARGETS = (
    Target("paced_ratio", "paced (the default), time against the one UPDATE", most=1.3),
    Target("paced_p99_ratio", "paced, p99 of the traffic against idle", most=2.5),
    Target("paced_longest_ms", "paced, the longest that a request took, in ms", most=25),
    Target("full_speed_ratio", "two workers at full speed, time against the one UPDATE", most=0.9),
    Target("loop_by_hand_ratio", "loop by hand, time against the one UPDATE"),
    Target("heap_ratio", "heap after paced against after the one UPDATE", most=0.65),
    Target("flatness", "rows a second by the size of the table, slowest against fastest", least=0.8),
    Target("trigger_ratio", "triggers that keep two columns in step: bulk update of the column", most=1.5),
    Target("trigger_other_ratio", "the same: bulk update of another column", most=1.1),
)


@dataclass(slots=True)
class Measured:
    """All that was measured so far; what was not asked for is not there."""

    idle: Idle | None = None
    runs: dict[str, Run] = field(default_factory=dict)
    sizes: list[Size] = field(default_factory=list)
    costs: dict[str, Cost] = field(default_factory=dict)

    @property
    def troubles(self) -> list[str]:
        """What did not do its work; its figures are worth nothing."""
        runs = [f"{run.way}: {run.trouble}" for run in self.runs.values() if run.trouble]
        return runs + [f"{size.rows:,} rows: {size.trouble}" for size in self.sizes if size.trouble]


def figures(measured: Measured) -> dict[str, float]:
    """Return the figures by their keys, of those that can be told."""
    found = {**_under_load(measured)}
    if measured.sizes:
        speeds = [size.rows_per_second for size in measured.sizes]
        found["flatness"] = min(speeds) / max(speeds)
    for key, update in (("trigger_ratio", SYNCED), ("trigger_other_ratio", OTHER)):
        if update in measured.costs:
            found[key] = measured.costs[update].ratio
    return {target.key: round(found[target.key], 3) for target in TARGETS if target.key in found}


def _under_load(measured: Measured) -> dict[str, float]:
    runs, found = measured.runs, dict[str, float]()
    if paced := runs.get(PACED):
        found["paced_longest_ms"] = paced.traffic.longest
        if measured.idle is not None:
            found["paced_p99_ratio"] = paced.traffic.p99 / measured.idle.p99_ms
    if single := runs.get(STATEMENT):
        keys = {PACED: "paced_ratio", FULL_SPEED: "full_speed_ratio", LOOP: "loop_by_hand_ratio"}
        found |= {key: runs[way].seconds / single.seconds for way, key in keys.items() if way in runs}
        if paced:
            found["heap_ratio"] = paced.heap_bytes / single.heap_bytes
    return found


def document(measured: Measured, facts: dict[str, Any]) -> dict[str, Any]:
    """Return what bench/out/backfill.json holds."""
    idle = measured.idle
    return {
        **figures(measured),
        **({"idle_longest_ms": round(idle.longest_ms, 1), "idle_p99_ms": round(idle.p99_ms, 2)} if idle else {}),
        **facts,
        "runs": [_run(run) for run in measured.runs.values()],
        "sizes": [
            {"rows": size.rows, "rows_per_second": round(size.rows_per_second), "trouble": size.trouble}
            for size in measured.sizes
        ],
        "triggers": [
            {
                "update": cost.update,
                "with_seconds": round(cost.with_seconds, 3),
                "without_seconds": round(cost.without_seconds, 3),
            }
            for cost in measured.costs.values()
        ],
    }


def _run(run: Run) -> dict[str, Any]:
    return {
        "way": run.way,
        "seconds": round(run.seconds, 2),
        "program_seconds": round(run.program_seconds, 2),
        "rows_per_second": round(run.rows / run.seconds),
        "failed": len(run.traffic.failures),
        "longest_ms": round(run.traffic.longest, 1),
        "p99_ms": round(run.traffic.p99, 2),
        "heap_mib": round(run.heap_bytes / 2**20),
        "trouble": run.trouble or (run.traffic.failures[0][1] if run.traffic.failures else None),
    }
