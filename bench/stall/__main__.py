"""``make bench-stall``: how long a live service stands still while its big table is changed.

Twenty clients read and write, a long reader comes and goes, and each tool makes each change. ``ONLY=check,ladder`` runs
some operations (``ladder`` is the measurement under starving traffic), ``TOOLS=midflight`` some tools, ``ROWS=200000``
a smaller table, ``RATE=400`` fewer requests a second, ``SERVER=machine`` the machine's own PostgreSQL programs. The
figures go to bench/out/stall.json, with a page and a plot beside it; where all was run as it is meant, those are
docs/explanation/under-load.md and .svg.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from bench.environments import OUT, ROOT
from bench.stall import ladder, machine
from bench.stall.database import make_database
from bench.stall.django_project import python_with_django
from bench.stall.figures import HEAD, Figures, Idle, document, figures, line
from bench.stall.operations import OPERATIONS
from bench.stall.page import page
from bench.stall.plot import plot
from bench.stall.run import DJANGO, MIDFLIGHT, STOCK, TOOLS, Run, idle, measure
from bench.stall.server import open_server
from bench.stall.traffic import Load

from midflight.shadow.choice import ShadowChoice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.stall.database import Database
    from bench.stall.operation import Operation
    from bench.stall.traffic import Traffic

ROWS, RATE = 5_000_000, 700.0
WARM_SECONDS, IDLE_SECONDS = 5.0, 20.0
MOST_BUSY = 0.6
"""Above it, idle, the machine does something else too: the idle figures, and so the targets, are worth nothing."""
LADDER = "ladder"
TELLING = ("set-not-null", "foreign-key", "create-index", "add-required-column-with-volatile-default")
"""The operations of which the plot shows the runs."""
DOCS = ROOT / "docs" / "explanation"


@dataclass(slots=True)
class Measured:
    """All that was measured so far."""

    load: Load
    facts: dict[str, Any]
    idles: list[Traffic] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    climbed: list[ladder.Climb] = field(default_factory=list)

    @property
    def idle(self) -> Idle:
        """The idle traffic, as far as it is known."""
        return Idle.of(self.idles)

    def counted(self) -> list[Figures]:
        """Return the figures of all runs."""
        return [figures(run, named(run.operation), self.idle) for run in self.runs]


def main() -> None:
    """Run what was asked for."""
    names, tools = _words("ONLY"), _words("TOOLS") or list(TOOLS)
    operations = [named(name) for name in names if name != LADDER] if names else list(OPERATIONS)
    if strangers := set(tools) - set(TOOLS):
        raise SystemExit(f"no such tool: {min(strangers)}; there are {', '.join(TOOLS)}")
    if DJANGO in tools:
        python_with_django()  # installed before anything is measured
    began = time.monotonic()
    rows = int(os.environ.get("ROWS") or ROWS)
    load = Load(rows=rows, rate=float(os.environ.get("RATE") or RATE))
    measured = asyncio.run(_bench(load, operations, tools, climb=not names or LADDER in names))
    _tell(measured)
    if too_busy := measured.facts["busy"] > MOST_BUSY:
        print("the machine was busy with other things: these figures do not count, nor are they written to docs")
    _write(measured, in_docs=not (names or too_busy) and len(tools) == len(TOOLS) and rows == ROWS)
    print(f"{time.monotonic() - began:.0f} s in all", file=sys.stderr)


def named(name: str) -> Operation:
    """Return the operation of that name."""
    known = {operation.name: operation for operation in OPERATIONS}
    if name not in known:
        raise SystemExit(f"no such operation: {name}; there are {', '.join([*known, LADDER])}")
    return known[name]


async def _bench(load: Load, operations: Sequence[Operation], tools: Sequence[str], *, climb: bool) -> Measured:
    choice = ShadowChoice("machine" if os.environ.get("SERVER") == "machine" else "embedded")
    async with open_server(choice) as server:
        facts = {"rows": load.rows, "server": server.name, "machine": machine.description()}
        print(f"{server.name}; {facts['machine']}; filling a table of {load.rows:,} rows ...", flush=True)
        database, measured = await make_database(server.address, load.rows), Measured(load, facts)
        await idle(database, load, WARM_SECONDS)
        busyness = machine.Busyness()
        measured.idles.append(await idle(database, load, IDLE_SECONDS))
        facts["busy"] = round(busyness.share(), 2)
        quiet = measured.idle
        print(
            f"idle: longest {quiet.longest_ms:.1f} ms, p99 {quiet.p99_ms:.2f} ms, processors {facts['busy']:.0%} busy"
        )
        await _run(database, measured, operations, tools)
        if climb:
            await _climb(database, measured)
        measured.idles.append(await idle(database, load, IDLE_SECONDS))
    return measured


async def _run(database: Database, measured: Measured, operations: Sequence[Operation], tools: Sequence[str]) -> None:
    print(HEAD)
    for operation in operations:
        for tool in tools:
            if tool == DJANGO and operation.django is None:
                print(f"{operation.name:<44}{tool:<25}left out: {operation.without_django}", flush=True)
                continue
            measured.runs.append(await measure(database, measured.load, operation, tool))
            print(line(figures(measured.runs[-1], operation, measured.idle)), flush=True)


async def _climb(database: Database, measured: Measured) -> None:
    print(f"\nunder starving traffic\n{ladder.HEAD}")
    async for climb in ladder.climbs(database, measured.load):
        measured.climbed.append(climb)
        print(ladder.line(climb), flush=True)


def _tell(measured: Measured) -> None:
    quiet = measured.idle
    print(
        f"\nidle, the quieter of before and after: longest {quiet.longest_ms:.1f} ms, p99 {quiet.p99_ms:.2f} ms\n{HEAD}"
    )
    for each in measured.counted():
        print(line(each))


def _write(measured: Measured, *, in_docs: bool) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    counted, facts = measured.counted(), measured.facts
    told = document(counted, measured.idle, facts | {"ladder": [asdict(each) for each in measured.climbed]})
    (OUT / "stall.json").write_text(json.dumps(told, indent=2) + "\n")
    text = page(counted, measured.climbed, measured.idle, load=measured.load, facts=facts, operations=OPERATIONS)
    (OUT / "under-load.md").write_text(text)
    (OUT / "under-load.svg").write_text(plot(_telling(measured.runs)))
    if in_docs:
        for name in ("under-load.md", "under-load.svg"):
            shutil.copyfile(OUT / name, DOCS / name)


def _telling(runs: Sequence[Run]) -> list[list[Run]]:
    """Return the runs of the telling operations, stock's beside Midflight's."""
    chosen = {(run.operation, run.tool): run for run in runs}
    rows = [[chosen.get((name, tool)) for tool in (STOCK, MIDFLIGHT)] for name in TELLING]
    return [found for row in rows if (found := [run for run in row if run])]


def _words(variable: str) -> list[str]:
    return [word for word in os.environ.get(variable, "").split(",") if word]


if __name__ == "__main__":
    main()
