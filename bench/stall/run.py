"""One run: the traffic, and in the middle of it one tool that makes one change."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
from bench.environments import ROOT
from bench.stall import alembic_project, django_project
from bench.stall.traffic import Load, Traffic

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bench.stall.database import Database
    from bench.stall.operation import Operation

STOCK, MIDFLIGHT, DJANGO = TOOLS = ("stock", "midflight", "django-pg-zero-downtime")
BEFORE_SECONDS = 2.0
"""From the load's start to the tool's. The long reader is there by then."""
AFTER_SECONDS = 1.0
"""From the tool's end to the load's: who still waits is counted."""
LIMIT_SECONDS = 300.0
"""A tool that takes longer is ended; that is told."""
ATTEMPTS = 10
"""How often a tool that gives up by design is called again, as its documentation asks."""

# A leftover on any table means that the change is not whole.
WHOLE = """
SELECT NOT EXISTS (SELECT FROM pg_index WHERE NOT indisvalid) AND NOT EXISTS (
    SELECT FROM pg_constraint WHERE conrelid = 'orders'::regclass AND NOT convalidated
)
"""


@dataclass(frozen=True, slots=True)
class Run:
    """What came of it."""

    operation: str
    tool: str
    traffic: Traffic
    """From before the tool's start to after its end."""
    began: float
    """When the tool was started, in seconds from the load's start."""
    seconds: float
    """How long the tool took, with its start as a process, over all attempts."""
    attempts: int
    trouble: str | None
    """Why the change is not there, whole and valid; None where it is."""

    @property
    def during(self) -> Traffic:
        """What was due while the tool ran, and until who still waited was served."""
        return self.traffic.between(self.began, self.began + self.seconds + AFTER_SECONDS)


class Generator:
    """The process that makes the load."""

    def __init__(self, process: asyncio.subprocess.Process, start: float) -> None:
        self._process = process
        self.start = start

    async def until(self, seconds: float) -> None:
        """Sleep until so many seconds from the load's start."""
        await asyncio.sleep(self.start + seconds - time.monotonic())

    def now(self) -> float:
        """Seconds from the load's start."""
        return time.monotonic() - self.start

    async def result(self) -> Traffic:
        """Stop the load, let it answer what was due, and return what came of it."""
        output, _ = await self._process.communicate(b"")  # which closes its standard input
        if self._process.returncode:
            msg = "the load generator failed"
            raise RuntimeError(msg)
        told = json.loads(output)
        return Traffic([(due, took) for due, took in told["requests"]], [(due, why) for due, why in told["failures"]])


@asynccontextmanager
async def generating(database: Database, load: Load) -> AsyncIterator[Generator]:
    """Start the load, and see that its process ends."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench.stall.clients",
        database.address.url(),
        json.dumps(asdict(load)),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=2**30,
    )
    assert process.stdout is not None
    try:
        yield Generator(process, float(await process.stdout.readline()))
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def idle(database: Database, load: Load, seconds: float) -> Traffic:
    """Let the traffic run with nothing in its way but the long reader."""
    await database.checkpoint()
    async with generating(database, load) as generator:
        await generator.until(BEFORE_SECONDS + seconds)
        return (await generator.result()).between(BEFORE_SECONDS, BEFORE_SECONDS + seconds)


async def measure(database: Database, load: Load, operation: Operation, tool: str, limit: float = LIMIT_SECONDS) -> Run:
    """Run a tool under the load for at most ``limit`` seconds, look what it has done, and put the database back."""
    await database.run((*operation.before, *(django_project if tool == DJANGO else alembic_project).APPLIED))
    await database.checkpoint()
    try:
        with tempfile.TemporaryDirectory(prefix="stall-") as folder:
            command = project(operation, tool, Path(folder))
            async with generating(database, load) as generator:
                await generator.until(BEFORE_SECONDS)
                began = generator.now()
                most = ATTEMPTS if tool == DJANGO else 1
                attempts, trouble = await _call(command, Path(folder), database, attempts=most, limit=limit)
                seconds = generator.now() - began
                await generator.until(began + seconds + AFTER_SECONDS)
                traffic = await generator.result()
        trouble = trouble or await _what_is_missing(database, operation)
    finally:
        await database.put_back(operation.undo, rewritten=operation.rewrites)
    return Run(operation.name, tool, traffic, began, seconds, attempts, trouble)


def project(operation: Operation, tool: str, folder: Path) -> list[str]:
    """Write an operation as a project of a tool, and return its command."""
    if tool == DJANGO:
        return django_project.write_django_project(operation, folder)
    return alembic_project.write_alembic_project(operation, "stock" if tool == STOCK else "midflight", folder)


async def _call(
    command: list[str], folder: Path, database: Database, *, attempts: int, limit: float
) -> tuple[int, str | None]:
    """Call a tool until it succeeds; return how often that was, and what it said at the last where it did not."""
    give_up, said, attempt = time.monotonic() + limit, "", 0
    for attempt in range(1, attempts + 1):
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=folder,
            env=_environment(database),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            output, _ = await asyncio.wait_for(process.communicate(), give_up - time.monotonic())
        except TimeoutError:
            process.kill()
            await process.wait()
            return attempt, f"not done within {limit:g} s"
        if not process.returncode:
            return attempt, None
        said = output.decode(errors="replace")
    return attempt, reason(said)


def reason(said: str) -> str:
    """Return the line of a tool's last words that tells most: the last one that names an error, else the last."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    telling = [line for line in lines if "rror" in line and not line.startswith(("File", "[SQL"))]
    return (telling or lines or ["it said nothing"])[-1][:200]


def _environment(database: Database) -> dict[str, str]:
    address = database.address
    return {
        **os.environ,
        "DATABASE_URL": address.url("postgresql+asyncpg"),
        "PGHOST": address.host,
        "PGPORT": str(address.port),
        "PGUSER": address.user,
        "PGDATABASE": address.database,
        "NO_COLOR": "1",
    }


async def _what_is_missing(database: Database, operation: Operation) -> str | None:
    try:
        if not await database.holds(operation.done):
            return "the tool says that it is done, and it is not"
    except asyncpg.PostgresError as error:
        return f"the change is not there: {error}"
    return None if await database.holds(WHOLE) else "an invalid index or a constraint that is not validated is left"
