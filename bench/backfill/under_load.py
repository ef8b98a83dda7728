"""All rows changed under load: by one UPDATE, by a loop as people write it, and by Midflight in two gaits."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.backfill.project import NAME, REGISTER, Outcome, called, make_project
from bench.environments import ROOT
from bench.stall.database import clone, connected
from bench.stall.run import AFTER_SECONDS, BEFORE_SECONDS, generating

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bench.stall.database import Database
    from bench.stall.traffic import Load, Traffic

STATEMENT, LOOP, PACED, FULL_SPEED = WAYS = ("one UPDATE", "loop by hand", "paced", "full speed")
ARGUMENTS = {PACED: (), FULL_SPEED: ("--workers", "2", "--full-speed")}
"""Of ``midflight backfill run``."""
LEFT = "SELECT count(*) FROM orders WHERE total_cents IS DISTINCT FROM round(total * 100) AND status = 'new'"
"""What the traffic has updated has another total since."""
NULL = "SELECT count(*) FROM orders WHERE total_cents IS NULL"
HEAP = "SELECT pg_relation_size('orders')"
WORKED = "SELECT extract(epoch FROM finished_at - started_at)::float FROM midflight.backfill"


@dataclass(frozen=True, slots=True)
class Run:
    """What came of one way."""

    way: str
    rows: int
    traffic: Traffic
    """What the clients saw while it ran, and until who still waited was served."""
    seconds: float
    """How long the work took: for Midflight by its ledger, from its planning to the last row verified."""
    program_seconds: float
    """The same, with the start and the end of the program."""
    heap_bytes: int
    """Of the table afterwards."""
    trouble: str | None
    """Why not all rows are changed; None where they are."""


async def measure(database: Database, load: Load, way: str) -> Run:
    """Change all rows of a fresh copy in one way under the load."""
    await clone(database.maintenance)
    with tempfile.TemporaryDirectory(prefix="backfill-") as folder:
        work = await _prepared(database, way, Path(folder) / "project")
        await database.checkpoint()
        async with generating(database, load) as generator:
            await generator.until(BEFORE_SECONDS)
            began = generator.now()
            outcome = await work()
            program_seconds = generator.now() - began
            await asyncio.sleep(AFTER_SECONDS)
            traffic = (await generator.result()).between(began, began + program_seconds + AFTER_SECONDS)
    async with connected(database.address) as connection:
        left = await connection.fetchval(NULL) + await connection.fetchval(LEFT)
        worked = await connection.fetchval(WORKED) if way in ARGUMENTS else outcome.output
        heap = await connection.fetchval(HEAP)
    trouble = outcome.trouble or (f"{left:,} rows are not changed" if left else None)
    seconds = program_seconds if trouble else float(worked)
    return Run(way, load.rows, traffic, seconds, program_seconds, heap, trouble)


async def _prepared(database: Database, way: str, folder: Path) -> Callable[[], Awaitable[Outcome]]:
    """Return what is to be measured, with all done that comes before it."""
    if way in ARGUMENTS:
        project = await make_project(folder, database.address, REGISTER)
        await project.upgrade()
        return lambda: project.midflight("backfill", "run", NAME, *ARGUMENTS[way])
    words = ["statement" if way == STATEMENT else "loop", database.address.url()]
    return lambda: called([sys.executable, "-m", "bench.backfill.rivals", *words], ROOT, database.address)
