"""What the triggers that keep two columns in step cost a bulk update of the column, and one of another column."""

from __future__ import annotations

import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.backfill.project import FILL, make_project
from bench.stall.database import TEMPLATE, clone, connected, make_database

if TYPE_CHECKING:
    from bench.stall.database import Database

    from midflight.pg.addresses import Address

ROWS, TIMES = 300_000, 5
EXPAND = 'op.rename_column("orders", "total", "amount", phase="expand")'
SYNCED, OTHER = UPDATES = ("UPDATE orders SET total = total + 1", "UPDATE orders SET quantity = quantity + 1")
WITHOUT = "ALTER TABLE orders DISABLE TRIGGER USER"
IN_STEP = "SELECT count(*) FROM orders WHERE amount IS DISTINCT FROM total"


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one update of all rows."""

    update: str
    with_seconds: float
    """The median."""
    without_seconds: float
    """The median, with the same two columns and no triggers."""

    @property
    def ratio(self) -> float:
        """How many times as long it takes."""
        return self.with_seconds / self.without_seconds


async def measure(maintenance: Address) -> list[Cost]:
    """Measure both updates with and without the triggers, each time on a fresh copy.

    Raises:
        RuntimeError: where the triggers are not made, or do not keep the columns in step.
    """
    database = await make_database(maintenance, ROWS, FILL)
    with tempfile.TemporaryDirectory(prefix="backfill-") as folder:
        project = await make_project(Path(folder) / "project", maintenance.with_database(TEMPLATE), EXPAND)
        await project.upgrade()
    return [await _cost(database, update) for update in UPDATES]


async def _cost(database: Database, update: str) -> Cost:
    took: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(TIMES):
        for enabled, all_ in took.items():
            all_.append(await _seconds(database, update, enabled=enabled))
    return Cost(update, statistics.median(took[True]), statistics.median(took[False]))


async def _seconds(database: Database, update: str, *, enabled: bool) -> float:
    await clone(database.maintenance)
    async with connected(database.address) as connection:
        if not enabled:
            await connection.execute(WITHOUT)
        await connection.execute("CHECKPOINT")
        began = time.monotonic()
        await connection.execute(update)
        seconds = time.monotonic() - began
        if enabled and update == SYNCED and await connection.fetchval(IN_STEP):
            msg = "the triggers have not kept the columns in step"
            raise RuntimeError(msg)
    return seconds
