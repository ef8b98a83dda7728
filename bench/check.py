"""``make bench-check``: prints what the check costs and writes it to bench/out/check.json."""

from __future__ import annotations

import asyncio
import json
import os
import platform

from bench import catalog, help_time, history, restored, round_trip
from bench.environments import OUT

from midflight.shadow.choice import ShadowChoice
from midflight.shadow.opening import open_shadow

GOALS = {
    "history_ratio": 5.0,
    "round_trip_ratio": 2.0,
    "unchanged_seconds": 2.0,
    "one_new_seconds": 3.0,
    "catalog_2000_seconds": 0.6,
    "diff_2000_seconds": 0.3,
}


def main() -> None:
    """Measure all of it, one after the other."""
    figures = {
        **help_time.measure(),
        **asyncio.run(_catalog()),
        **round_trip.measure(),
        **history.measure(),
        **restored.measure(),
    }
    goals = {**GOALS, "help_seconds": figures["help_limit_seconds"]}
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    print(f"{'figure':<28}{'measured':>10}{'goal':>10}")
    for name, value in figures.items():
        goal = f"{goals[name]:.2f}" if name in goals else ""
        print(f"{name:<28}{value:>10.3f}{goal:>10}")
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "check.json").write_text(json.dumps(figures, indent=2) + "\n")


async def _catalog() -> dict[str, float]:
    async with open_shadow(ShadowChoice("embedded")) as shadow:
        return await catalog.measure(shadow.address)


if __name__ == "__main__":
    main()
