"""How many rows a second a worker changes in tables of different sizes, with nobody beside it."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.backfill.project import FILL, make_project
from bench.stall.database import connected, make_database

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.pg.addresses import Address

SMALLEST = 10_000
LEAST_ROWS = 200_000
"""A table with fewer rows is changed several times, by a backfill each."""
REGISTER = (
    'op.backfill("change_{number}", table="orders", set={{"total_cents": "{value}"}}, '
    'where="total_cents IS DISTINCT FROM {value}", small=0)'
)
WORKED = "SELECT sum(extract(epoch FROM finished_at - started_at))::float FROM midflight.backfill"


@dataclass(frozen=True, slots=True)
class Size:
    """What came of one size."""

    rows: int
    times: int
    """How often all rows were changed."""
    seconds: float
    """By the ledger, all times together."""
    trouble: str | None

    @property
    def rows_per_second(self) -> float:
        """How fast it was."""
        return self.rows * self.times / self.seconds if self.seconds else 0.0


def sizes(rows: int) -> tuple[int, ...]:
    """Return the sizes for a bench of that many rows: 10,000, 1 million and 10 million where it is run in full."""
    return (SMALLEST, rows // 2, rows * 5)


async def measure(maintenance: Address, rows: int) -> Size:
    """Change all rows of a table of that size."""
    database, times = await make_database(maintenance, rows, FILL), max(1, LEAST_ROWS // rows)
    with tempfile.TemporaryDirectory(prefix="backfill-") as folder:
        project = await make_project(Path(folder) / "project", database.address, "\n".join(_backfills(times)))
        await project.upgrade()
        await database.checkpoint()
        outcome = await project.midflight("backfill", "run", "--full-speed")
    async with connected(database.address) as connection:
        seconds = await connection.fetchval(WORKED)
    return Size(rows, times, seconds or 0.0, outcome.trouble)


def _backfills(times: int) -> Iterator[str]:
    for number in range(times):
        yield REGISTER.format(number=number, value=f"round(total * 100) + {number}")
