"""``make bench-backfill``: how long it takes to change all rows of a big table, and what a live service feels then.

``ONLY=load,flatness,triggers`` measures some of it, ``ROWS=200000`` on a smaller table, ``RATE=400`` with fewer
requests a second, ``SERVER=machine`` on the machine's own PostgreSQL programs. The figures go to
bench/out/backfill.json, with a page beside it; where all was run as it is meant, that is
docs/explanation/backfill-figures.md.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
import time
from typing import TYPE_CHECKING, Any

from bench.backfill import flatness, triggers, under_load
from bench.backfill.figures import TARGETS, Measured, document, figures
from bench.backfill.page import page
from bench.backfill.project import FILL
from bench.environments import OUT, ROOT
from bench.stall import machine
from bench.stall.database import make_database
from bench.stall.figures import Idle
from bench.stall.run import idle
from bench.stall.server import open_server
from bench.stall.traffic import Load

from midflight.shadow.choice import ShadowChoice

if TYPE_CHECKING:
    from collections.abc import Collection

    from bench.stall.server import Server

LOAD, FLATNESS, TRIGGERS = PARTS = ("load", "flatness", "triggers")
ROWS, RATE, CLIENTS = 2_000_000, 1000.0, 8
UPDATES = (0, 0, 100, 0, 0)
WARM_SECONDS, IDLE_SECONDS = 3.0, 15.0
MOST_BUSY = 0.6
"""Above it, idle, the machine does something else too: the idle figures, and so the targets, are worth nothing."""
PAGE = "backfill-figures.md"


def main() -> None:
    """Measure what was asked for."""
    parts = [word for word in os.environ.get("ONLY", "").split(",") if word] or list(PARTS)
    if strangers := set(parts) - set(PARTS):
        raise SystemExit(f"no such part: {min(strangers)}; there are {', '.join(PARTS)}")
    rows, rate = int(os.environ.get("ROWS") or ROWS), float(os.environ.get("RATE") or RATE)
    load = Load(clients=CLIENTS, rate=rate, rows=rows, shares=UPDATES, reader_seconds=0.0)
    began, facts, measured = time.monotonic(), dict[str, Any](), Measured()
    try:
        asyncio.run(_bench(load, parts, facts, measured))
    finally:
        _tell(measured, facts)
    if len(parts) == len(PARTS) and rows == ROWS and rate == RATE:
        _write_page(measured, load, facts)
    print(f"{time.monotonic() - began:.0f} s in all", file=sys.stderr)
    sys.exit(bool(measured.troubles))


async def _bench(load: Load, parts: Collection[str], facts: dict[str, Any], measured: Measured) -> None:
    choice = ShadowChoice("machine" if os.environ.get("SERVER") == "machine" else "embedded")
    async with open_server(choice) as server:
        facts |= {"rows": load.rows, "rate": load.rate, "server": server.name, "machine": machine.description()}
        print(f"{server.name}; {facts['machine']}", flush=True)
        if LOAD in parts:
            await _under_load(server, load, facts, measured)
        if TRIGGERS in parts:
            for cost in await triggers.measure(server.address):
                measured.costs[cost.update] = cost
                print(f"{cost.update}: {cost.ratio:.2f} times with the triggers", flush=True)
        if FLATNESS in parts:
            for rows in flatness.sizes(load.rows):
                measured.sizes.append(await flatness.measure(server.address, rows))
                print(f"{rows:,} rows: {measured.sizes[-1].rows_per_second:,.0f} a second", flush=True)


async def _under_load(server: Server, load: Load, facts: dict[str, Any], measured: Measured) -> None:
    database = await make_database(server.address, load.rows, FILL)
    await idle(database, load, WARM_SECONDS)
    busyness = machine.Busyness()
    before = await idle(database, load, IDLE_SECONDS)
    facts["busy"] = round(busyness.share(), 2)
    print(f"idle: longest {before.longest:.1f} ms, p99 {before.p99:.2f} ms, processors {facts['busy']:.0%} busy")
    for way in under_load.WAYS:
        run = measured.runs[way] = await under_load.measure(database, load, way)
        print(
            f"{way}: {run.seconds:.1f} s, longest {run.traffic.longest:.1f} ms, p99 {run.traffic.p99:.2f} ms, "
            f"{len(run.traffic.failures)} failed, heap {run.heap_bytes / 2**20:.0f} MiB {run.trouble or ''}",
            flush=True,
        )
    measured.idle = Idle.of([before, await idle(database, load, IDLE_SECONDS)])


def _tell(measured: Measured, facts: dict[str, Any]) -> None:
    found = figures(measured)
    for target in (target for target in TARGETS if target.key in found):
        said = "" if target.reached(found[target.key]) else "MISSED"
        print(f"{target.key:<20}{found[target.key]:>8.3f}  {target.words:<14}{said}")
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "backfill.json").write_text(json.dumps(document(measured, facts), indent=2) + "\n")


def _write_page(measured: Measured, load: Load, facts: dict[str, Any]) -> None:
    (OUT / PAGE).write_text(page(measured, load=load, facts=facts))
    if facts["busy"] > MOST_BUSY:
        print("the machine was busy with other things: these figures do not count, nor are they written to docs")
    elif not measured.troubles:
        shutil.copyfile(OUT / PAGE, ROOT / "docs" / "explanation" / PAGE)


if __name__ == "__main__":
    main()
