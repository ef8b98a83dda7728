"""The table of the bench, the Alembic project in which its backfills are registered, and Midflight's commands in it."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.stall.alembic_project import APPLIED, write_alembic_project
from bench.stall.database import connected
from bench.stall.operation import Operation
from bench.stall.run import reason

if TYPE_CHECKING:
    from midflight.pg.addresses import Address

FILL = Path(__file__).with_name("table.sql").read_text()
NAME = "orders_total_cents"
REGISTER = (
    f'op.backfill({NAME!r}, table="orders", set={{"total_cents": "round(total * 100)"}}, where="total_cents IS NULL")'
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a command."""

    code: int
    output: str

    @property
    def trouble(self) -> str | None:
        """Why it failed; None where it did not."""
        return reason(self.output) if self.code else None


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with one revision, and its database."""

    folder: Path
    address: Address

    async def midflight(self, *arguments: str) -> Outcome:
        """Run a command of Midflight's to its end."""
        return await called([sys.executable, "-m", "midflight", *arguments], self.folder, self.address)

    async def upgrade(self) -> None:
        """Apply the revision.

        Raises:
            RuntimeError: where that fails.
        """
        outcome = await self.midflight("upgrade", "head")
        if outcome.code:
            raise RuntimeError(outcome.output)


async def make_project(folder: Path, address: Address, body: str) -> Project:
    """Write the project whose revision has that body, for a database that has not got it."""
    operation = Operation(name="change", stock="", midflight=body, django=None, done="")
    write_alembic_project(operation, "midflight", folder)
    async with connected(address) as connection:
        for statement in APPLIED:
            await connection.execute(statement)
    return Project(folder, address)


async def called(command: list[str], folder: Path, address: Address) -> Outcome:
    """Run a program to its end."""
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env={**os.environ, "DATABASE_URL": address.url("postgresql+asyncpg"), "NO_COLOR": "1"},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        output, _ = await process.communicate()
    except BaseException:
        process.kill()
        await process.wait()
        raise
    return Outcome(process.returncode or 0, output.decode(errors="replace"))
