"""The load generator, a process of its own: ``python -m bench.stall.clients URL LOAD``.

It prints the monotonic clock's time at which it starts, runs until its standard input is closed, answers every request
that was due until then, and prints what came of them as JSON. The schedule is fixed: a client that waits sends its next
requests late, and their latency counts from when they were due.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import random
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import asyncpg
from bench.stall.traffic import Load

from midflight.pg.addresses import Address

if TYPE_CHECKING:
    from midflight.shadow.databases import Connection

NICENESS = -10
"""Real clients are on other machines: here they must not wait for a processor that the tool's own process holds."""
LIMIT_SECONDS = 120.0
"""What takes longer has failed."""
HEAD_START = 0.2

BY_ID = "SELECT id, user_id, status, total FROM orders WHERE id = $1"
BY_USER = "SELECT id, status, total FROM orders WHERE user_id = $1 ORDER BY created DESC LIMIT 10"
UPDATE = "UPDATE orders SET status = 'paid', total = $2 WHERE id = $1"
INSERT = """
INSERT INTO orders (user_id, status, kind, total, quantity, code, email, payload)
VALUES ($1, 'new', 'app', $2, 1, 'c1', 'someone@example.com', 'of the load')
"""
DELETE = "DELETE FROM orders WHERE id = $1"
QUERIES = (BY_ID, BY_USER, UPDATE, INSERT, DELETE)
"""In the order of ``Load.shares``. All name their columns, and none that an operation touches."""
READ_LONG = "SELECT id, pg_sleep($1) FROM orders WHERE id = 1"
"""Holds a lock and a snapshot, as a report does, and no processor, which would be another matter."""


@dataclass(slots=True)
class Run:
    """A load that is under way."""

    load: Load
    address: Address
    start: float
    stopped: asyncio.Event
    end: float = float("inf")
    """When it was told to stop, in seconds from the start."""
    requests: list[tuple[float, float]] = field(default_factory=list)
    failures: list[tuple[float, str]] = field(default_factory=list)

    def now(self) -> float:
        """Seconds from the start."""
        return time.monotonic() - self.start

    async def sleep(self, until: float) -> None:
        """Sleep until that many seconds from the start, or until it is told to stop."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stopped.wait(), until - self.now())

    def stop(self) -> None:
        """No request is due any more."""
        asyncio.get_running_loop().remove_reader(sys.stdin)
        self.end = self.now()
        self.stopped.set()


async def main() -> None:
    """Connect everybody, run, and print what came of it."""
    address, load = Address.from_url(sys.argv[1]), Load(**json.loads(sys.argv[2]))
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, NICENESS)
    many = load.clients + load.starving + bool(load.reader_seconds)
    connections = [await _connect(address) for _ in range(many)]
    gc.freeze()
    gc.disable()  # a collection would look like a stall
    run = Run(load, address, time.monotonic() + HEAD_START, asyncio.Event())
    asyncio.get_running_loop().add_reader(sys.stdin, run.stop)
    print(run.start, flush=True)
    clients, starving, readers = (
        connections[: load.clients],
        connections[load.clients : load.clients + load.starving],
        connections[load.clients + load.starving :],
    )
    await asyncio.gather(
        *(_client(run, number, connection) for number, connection in enumerate(clients)),
        *(_starve(run, number, connection) for number, connection in enumerate(starving)),
        *(_read_long(run, connection) for connection in readers),
    )
    print(json.dumps({"requests": run.requests, "failures": run.failures}))


async def _connect(address: Address) -> Connection:
    return await asyncpg.connect(
        **address.asyncpg_arguments(),
        command_timeout=LIMIT_SECONDS,
        server_settings={"application_name": "bench load", "timezone": "UTC"},
    )


async def _client(run: Run, client: int, connection: Connection) -> None:
    """Send what is due; what is due later waits, and what was due before is sent at once."""
    chance, number = random.Random(client), 0  # noqa: S311 - the same requests in each run
    while (due := run.load.scheduled(client, number)) < run.end:
        if (early := due - run.now()) > 0:
            await asyncio.sleep(early)
            continue  # it may have been told to stop meanwhile
        try:
            async with connection.transaction():
                await _request(connection, chance, run.load)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
            run.failures.append((due, f"{type(error).__name__}: {error}"))
            if connection.is_closed():
                connection = await _connect(run.address)
        run.requests.append((due, (run.now() - due) * 1000))
        number += 1


async def _request(connection: Connection, chance: random.Random, load: Load) -> None:
    (query,) = chance.choices(QUERIES, load.shares)
    id_, user, amount = 1 + chance.randrange(load.rows), 1 + chance.randrange(load.users), chance.randrange(10000) / 100
    await connection.fetch(query, *{BY_USER: (user,), UPDATE: (id_, amount), INSERT: (user, amount)}.get(query, (id_,)))


async def _read_long(run: Run, connection: Connection) -> None:
    """Come and go."""
    due = run.load.reader_first
    while due < run.end:
        await run.sleep(due)
        if run.stopped.is_set():
            return
        async with connection.transaction():
            await _read(run, connection, run.load.reader_seconds)
        due = run.now() + run.load.reader_pause


async def _starve(run: Run, number: int, connection: Connection) -> None:
    """Hold the table's weakest lock nearly always, the clients out of step with each other."""
    await run.sleep(run.load.starving_seconds * number / run.load.starving)
    while not run.stopped.is_set():
        async with connection.transaction():
            await connection.execute(BY_ID, 1)
            await _read(run, connection, run.load.starving_seconds)


async def _read(run: Run, connection: Connection, seconds: float) -> None:
    """Read for so long, or, as soon as the load is to stop, no longer."""
    reading = asyncio.ensure_future(connection.fetch(READ_LONG, seconds))
    stopping = asyncio.ensure_future(run.stopped.wait())
    await asyncio.wait({reading, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not reading.done():
        reading.cancel()
    with suppress(asyncio.CancelledError):
        await reading


if __name__ == "__main__":
    asyncio.run(main())
