"""A trivial query, timed as a client of the service feels it."""

from __future__ import annotations

import random
import statistics
import time
from collections import deque
from typing import TYPE_CHECKING

import asyncpg

if TYPE_CHECKING:
    from midflight.sql.names import Name

QUIET_TRIES = 21
TRIES = 3
"""At each look. The median of the last few looks counts: one slow answer is no reason to brake."""
REMEMBERED = 9
LEAST_SECONDS = 0.001
"""What is quicker counts as this: nobody feels the difference."""


class Probe:
    """Reads single rows of a table, at blocks by chance."""

    def __init__(self, connection: asyncpg.Connection, table: Name, pages: int) -> None:
        """Take the connection, the table and about how many blocks it has."""
        self._connection = connection
        self._table = table
        self._pages = max(pages, 1)
        self._quiet: float | None = None
        self._last: deque[float] = deque(maxlen=REMEMBERED)

    async def look(self) -> float:
        """Return the time of a query as a multiple of its time at the first look, which is before anything is changed.

        Raises:
            asyncpg.PostgresError: where the table may not be read.
        """
        if self._quiet is None:
            quiet = [await self._time() for _ in range(QUIET_TRIES)]
            self._quiet = max(statistics.median(quiet), LEAST_SECONDS)
            return 1.0
        for _ in range(TRIES):
            self._last.append(await self._time_at_most())
        return max(statistics.median(self._last), LEAST_SECONDS) / self._quiet

    async def _time_at_most(self) -> float:
        """Whoever has to wait for a lock of the table waits longer than we do; it is slow all the same."""
        began = time.perf_counter()
        try:
            return await self._time()
        except asyncpg.LockNotAvailableError:
            return time.perf_counter() - began

    async def _time(self) -> float:
        block = random.randrange(self._pages)  # noqa: S311 - which block is no secret
        began = time.perf_counter()
        await self._connection.execute(f"SELECT FROM ONLY {self._table.sql} WHERE ctid = '({block},1)'")
        return time.perf_counter() - began
