"""``make bench-stall``: how long a live service stands still while its big table is changed.

Twenty clients read and write, a long reader comes and goes, and each tool makes each change. ``ONLY=set-not-null,check``
runs some operations, ``TOOLS=midflight`` some tools, ``ROWS=200000`` on a smaller table. The figures go to
bench/out/stall.json and, where all was run, to docs/explanation/under-load.md.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from typing import TYPE_CHECKING

from bench.environments import OUT
from bench.stall import machine
from bench.stall.database import make_database
from bench.stall.figures import HEAD, Figures, Idle, document, figures, line
from bench.stall.operations import OPERATIONS
from bench.stall.run import DJANGO, TOOLS, Run, idle, measure
from bench.stall.server import open_server
from bench.stall.traffic import Load

from midflight.shadow.choice import ShadowChoice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.stall.operation import Operation

ROWS, RATE, IDLE_SECONDS = 5_000_000, 400.0, 20.0


def main() -> None:
    """Run what was asked for."""
    operations = [named(each) for each in _words("ONLY")] or list(OPERATIONS)
    tools = _words("TOOLS") or list(TOOLS)
    if strangers := set(tools) - set(TOOLS):
        raise SystemExit(f"no such tool: {min(strangers)}; there are {', '.join(TOOLS)}")
    asyncio.run(_bench(operations, tools))


def named(name: str) -> Operation:
    """Return the operation of that name."""
    known = {operation.name: operation for operation in OPERATIONS}
    if name not in known:
        raise SystemExit(f"no such operation: {name}; there are {', '.join(known)}")
    return known[name]


async def _bench(operations: Sequence[Operation], tools: Sequence[str]) -> None:
    rows, began = int(os.environ.get("ROWS") or ROWS), time.monotonic()
    load = Load(rows=rows, rate=float(os.environ.get("RATE") or RATE))
    async with open_server(ShadowChoice("machine" if os.environ.get("SERVER") == "machine" else "embedded")) as server:
        print(f"{server.name}; {machine.description()}; filling a table of {rows:,} rows ...", flush=True)
        database = await make_database(server.address, rows)
        await idle(database, load, 3)  # fills the memory
        busyness = machine.Busyness()
        idles = [await idle(database, load, IDLE_SECONDS)]
        busy = busyness.share()
        print(f"idle: longest {idles[0].longest:.1f} ms, p99 {idles[0].p99:.2f} ms, processors {busy:.0%} busy\n{HEAD}")
        runs: list[Run] = []
        for operation in operations:
            for tool in tools:
                if tool == DJANGO and operation.django is None:
                    print(f"{operation.name:<44}{tool:<25} left out: {operation.without_django}", flush=True)
                    continue
                runs.append(await measure(database, load, operation, tool))
                print(line(figures(runs[-1], operation, Idle.of(idles))), flush=True)
        idles.append(await idle(database, load, IDLE_SECONDS))
    quiet = Idle.of(idles)
    counted = [figures(run, named(run.operation), quiet) for run in runs]
    _tell(counted, quiet)
    facts = {"rows": rows, "server": server.name, "machine": machine.description(), "busy": round(busy, 2)}
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "stall.json").write_text(json.dumps(document(counted, quiet, facts), indent=2) + "\n")
    print(f"{time.monotonic() - began:.0f} s in all", file=sys.stderr)


def _tell(counted: Sequence[Figures], quiet: Idle) -> None:
    print(f"\nidle, the quieter of before and after: longest {quiet.longest_ms:.1f} ms, p99 {quiet.p99_ms:.2f} ms\n{HEAD}")
    for each in counted:
        print(line(each))


def _words(variable: str) -> list[str]:
    return [word for word in os.environ.get(variable, "").split(",") if word]


if __name__ == "__main__":
    main()
