"""How many rows a second a worker changes in tables of different sizes, with nobody beside it."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.backfill.project import FILL, make_project
from bench.stall.database import connected, make_database

if TYPE_CHECKING:
    from midflight.pg.addresses import Address

SMALLEST = 10_000
LEAST_ROWS = 200_000
"""Of a smaller table there are several copies, with a backfill each."""
REGISTER = (
    'op.backfill("{table}", table="{table}", set={{"total_cents": "round(total * 100)"}}, where="total_cents IS NULL", '
    "small=0)"
)
COPY = (
    "CREATE TABLE {table} (LIKE orders INCLUDING ALL)",
    "INSERT INTO {table} SELECT * FROM orders",
    "VACUUM (FREEZE, ANALYZE) {table}",
)
WORKED = "SELECT sum(extract(epoch FROM finished_at - started_at))::float FROM midflight.backfill"


@dataclass(frozen=True, slots=True)
class Size:
    """What came of one size."""

    rows: int
    tables: int
    """How many of that size."""
    seconds: float
    """By the ledger, of all tables together."""
    trouble: str | None

    @property
    def rows_per_second(self) -> float:
        """How fast it was."""
        return self.rows * self.tables / self.seconds if self.seconds else 0.0


def sizes(rows: int) -> tuple[int, ...]:
    """Return the sizes for a bench of that many rows: 10,000, 1 million and 10 million where it is run in full."""
    return (SMALLEST, rows // 2, rows * 5)


async def measure(maintenance: Address, rows: int) -> Size:
    """Change all rows of a table of that size, or of several."""
    database = await make_database(maintenance, rows, FILL)
    tables = ["orders", *(f"orders_{number}" for number in range(2, LEAST_ROWS // rows + 1))]
    await database.run(statement.format(table=table) for table in tables[1:] for statement in COPY)
    body = "\n".join(REGISTER.format(table=table) for table in tables)
    with tempfile.TemporaryDirectory(prefix="backfill-") as folder:
        project = await make_project(Path(folder) / "project", database.address, body)
        await project.upgrade()
        await database.checkpoint()
        outcome = await project.midflight("backfill", "run", "--full-speed")
    async with connected(database.address) as connection:
        seconds = await connection.fetchval(WORKED)
    return Size(rows, len(tables), seconds or 0.0, outcome.trouble)
