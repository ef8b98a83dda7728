"""Keeps an eye on the signals while a backfill works."""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg

from midflight.backfill.pace import Signals, brake_of, figures_of, has_brakes
from midflight.backfill.signals import SETTINGS, SignalReader
from midflight.runner.live import CONNECT_SECONDS, leave

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from midflight.backfill.pace import Brake
    from midflight.pg.addresses import Address
    from midflight.settings import Pace
    from midflight.sql.names import Name

_GONE = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
_AGAIN_SECONDS = 2.0


class Braking:
    """What was seen last, and the brake that follows from it."""

    def __init__(self, pace: Pace) -> None:
        """Begin without a brake."""
        self.pace = pace
        self.signals = Signals()
        self.brake: Brake | None = None

    def see(self, signals: Signals) -> None:
        """Take a look's result."""
        self.signals = signals
        self.brake = brake_of(self.pace, signals, self.brake)

    @property
    def figures(self) -> dict[str, dict[str, float]]:
        """The signals with their limits, for the ledger."""
        return figures_of(self.pace, self.signals)


@asynccontextmanager
async def braking(address: Address, table: Name, pace: Pace) -> AsyncIterator[Braking]:
    """Look around several times a second, until the block is left; the first look is over when the block begins.

    A lost connection is made again; until then nothing is known, and nothing brakes.

    Raises:
        SettingsError: where the user's own brake cannot be imported.
    """
    seen = Braking(pace)
    if not has_brakes(pace):
        yield seen
        return
    first = asyncio.Event()
    task = asyncio.create_task(_keep_looking(address, table, seen, first))
    try:
        await _until(first, task)
        yield seen
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _until(first: asyncio.Event, task: asyncio.Task[None]) -> None:
    waiting = asyncio.create_task(first.wait())
    try:
        await asyncio.wait({waiting, task}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
    if task.done():
        task.result()


async def _keep_looking(address: Address, table: Name, seen: Braking, first: asyncio.Event) -> None:
    while True:
        with contextlib.suppress(*_GONE):
            await _look_on_connection(address, table, seen, first)
        seen.see(Signals())
        first.set()
        await asyncio.sleep(_AGAIN_SECONDS)


async def _look_on_connection(address: Address, table: Name, seen: Braking, first: asyncio.Event) -> None:
    connection = await asyncpg.connect(**address.asyncpg_arguments(), timeout=CONNECT_SECONDS, server_settings=SETTINGS)
    try:
        reader = await SignalReader.open(connection, table, seen.pace)
        while True:
            seen.see(await reader.read())
            first.set()
            await asyncio.sleep(seen.pace.look_seconds)
    finally:
        await leave(connection)
