"""The bench's database: filled once, cloned, and put back to the same state between two runs."""

from __future__ import annotations

from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg

from midflight.catalog import diff, read_snapshot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from midflight.catalog.snapshot import Snapshot
    from midflight.pg.addresses import Address
    from midflight.shadow.databases import Connection

TEMPLATE, WORK = "stall_template", "stall"
FILL = Path(__file__).with_name("table.sql").read_text()

# What the tools keep for themselves; each run starts without.
FORGET = (
    "DROP SCHEMA IF EXISTS midflight CASCADE",
    "DROP TABLE IF EXISTS alembic_version",
    "DROP TABLE IF EXISTS django_migrations",
    "DROP TABLE IF EXISTS django_content_type CASCADE",
)


@dataclass(frozen=True, slots=True)
class Database:
    """The database that is worked on, and the catalog that every run starts from."""

    maintenance: Address
    start: Snapshot

    @property
    def address(self) -> Address:
        """The database that is worked on."""
        return self.maintenance.with_database(WORK)

    async def run(self, statements: Iterable[str]) -> None:
        """Run statements, each by itself."""
        async with connected(self.address) as connection:
            for statement in statements:
                await connection.execute(statement)

    async def holds(self, query: str) -> bool:
        """Tell whether a query answers true."""
        async with connected(self.address) as connection:
            return bool(await connection.fetchval(query))

    async def put_back(self, undo: Iterable[str], *, rewritten: bool) -> None:
        """Undo what a run has changed; where that does not give the same catalog, or rows moved, clone anew."""
        if rewritten or not await self._is_undone(undo):
            await clone(self.maintenance)

    async def checkpoint(self) -> None:
        """Write everything down, so that nothing of it is left for the run that comes."""
        async with connected(self.address) as connection:
            await connection.execute("CHECKPOINT")

    async def _is_undone(self, undo: Iterable[str]) -> bool:
        async with connected(self.address) as connection:
            for statement in (*FORGET, *undo):
                with suppress(asyncpg.PostgresError):  # a run that failed left nothing to undo; the catalog tells
                    await connection.execute(statement)
            return not list(diff(self.start, await read_snapshot(connection)).lines())


async def make_database(maintenance: Address, rows: int, fill: str = FILL) -> Database:
    """Fill the template with that many orders, and clone it; one that was there before is gone."""
    async with connected(maintenance) as connection:
        await connection.execute(f"DROP DATABASE IF EXISTS {TEMPLATE}")
        await connection.execute(f"CREATE DATABASE {TEMPLATE}")
    async with connected(maintenance.with_database(TEMPLATE)) as connection:
        for statement in fill.replace("$ROWS", str(rows)).split(";\n"):
            await connection.execute(statement)
        # frozen, with all hint bits set: no run writes what another has not
        await connection.execute("VACUUM (FREEZE, ANALYZE)")
        start = await read_snapshot(connection)
    await clone(maintenance)
    return Database(maintenance, start)


async def clone(maintenance: Address) -> None:
    """Make the database anew from the template, with its rows in memory."""
    async with connected(maintenance) as connection:
        await connection.execute(f"DROP DATABASE IF EXISTS {WORK} WITH (FORCE)")
        await connection.execute(f"CREATE DATABASE {WORK} TEMPLATE {TEMPLATE} STRATEGY file_copy")
    async with connected(maintenance.with_database(WORK)) as connection:
        await connection.fetchval("SELECT count(payload) FROM orders")


@asynccontextmanager
async def connected(address: Address) -> AsyncIterator[Connection]:
    """Lend a connection."""
    connection = await asyncpg.connect(**address.asyncpg_arguments())
    try:
        yield connection
    finally:
        await connection.close()
