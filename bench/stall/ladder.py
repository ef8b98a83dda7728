"""What each rung of the ladder is worth where transactions follow each other without a gap."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, replace
from random import Random
from typing import TYPE_CHECKING

import asyncpg
from bench.stall.columns import COLUMNS
from bench.stall.database import connected
from bench.stall.run import AFTER_SECONDS, BEFORE_SECONDS, MIDFLIGHT, STOCK, generating, measure

from midflight.runner.ladder import Try, pause

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bench.stall.database import Database
    from bench.stall.traffic import Load, Traffic

STARVING_CLIENTS = 4
TRANSACTIONS = (0.08, 0.3)
"""How long the back-to-back transactions are, in seconds."""
RUNGS = (0.0, 0.02, 0.1, 0.5)
"""Seconds of ``lock_timeout``; 0 for NOWAIT."""
LIMIT_SECONDS, TOOL_LIMIT_SECONDS = 15.0, 60.0
"""For so long a rung is tried, and a tool may work."""
(OPERATION,) = (operation for operation in COLUMNS if operation.name == "drop-not-null")
"""The shortest change that takes the strongest lock: all its time is waiting."""


@dataclass(frozen=True, slots=True)
class Climb:
    """One way to a lock under starving traffic."""

    way: str
    transaction_ms: int
    seconds: float | None
    """Until it was had; None: it was not."""
    reason: str | None
    """Why it was not."""
    failed: int
    longest_stall_ms: float
    p99_ms: float


async def climbs(database: Database, load: Load) -> AsyncIterator[Climb]:
    """Measure each rung by itself, as long as the lock is not had, and then the tools, which climb or do not."""
    for seconds in TRANSACTIONS:
        starving = replace(load, reader_seconds=0.0, starving=STARVING_CLIENTS, starving_seconds=seconds)
        for rung in RUNGS:
            yield await _rung(database, starving, rung)
        for tool in (STOCK, MIDFLIGHT):
            run = await measure(database, starving, OPERATION, tool, TOOL_LIMIT_SECONDS)
            yield _climb(f"{tool} (with its start)", starving, run.trouble or run.seconds, run.during)


async def _rung(database: Database, load: Load, rung: float) -> Climb:
    async with generating(database, load) as generator, connected(database.address) as connection:
        await connection.execute(f"SET lock_timeout = {round(rung * 1000)}")
        await generator.until(BEFORE_SECONDS)
        began = generator.now()
        seconds = await _poll(connection, rung)
        ended = generator.now()
        await asyncio.sleep(AFTER_SECONDS)
        traffic = (await generator.result()).between(began, ended + AFTER_SECONDS)
    taken = f"not within {LIMIT_SECONDS:g} s" if seconds is None else seconds
    return _climb(f"{rung * 1000:g} ms" if rung else "NOWAIT", load, taken, traffic)


async def _poll(connection: asyncpg.Connection[asyncpg.Record], rung: float) -> float | None:
    """Try for the lock with the pauses that Midflight makes; return the seconds until it was had."""
    chance, began, number = Random(0), time.monotonic(), 0  # noqa: S311 - jitter
    statement = f"LOCK TABLE orders IN ACCESS EXCLUSIVE MODE{'' if rung else ' NOWAIT'}"
    while time.monotonic() - began < LIMIT_SECONDS:
        try:
            async with connection.transaction():
                await connection.execute(statement)
        except asyncpg.LockNotAvailableError:
            await asyncio.sleep(pause(Try(number, rung), chance))
            number += 1
        else:
            return time.monotonic() - began
    return None


def _climb(way: str, load: Load, taken: float | str, traffic: Traffic) -> Climb:
    return Climb(
        way,
        round(load.starving_seconds * 1000),
        None if isinstance(taken, str) else round(taken, 2),
        taken if isinstance(taken, str) else None,
        len(traffic.failures),
        round(traffic.longest, 1),
        round(traffic.p99, 2),
    )


ROW = "{:<28}{:>16}{:>10}{:>8}{:>16}{:>9}  {}"
HEAD = ROW.format("way to the lock", "transactions ms", "seconds", "failed", "longest stall", "p99 ms", "")


def line(each: Climb) -> str:
    """Write one way as a line of the table."""
    seconds = "no" if each.seconds is None else f"{each.seconds:.2f}"
    figures = (each.failed, each.longest_stall_ms, each.p99_ms)
    return ROW.format(each.way, each.transaction_ms, seconds, *figures, each.reason or "")
