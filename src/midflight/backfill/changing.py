"""One batch on a connection: of SQL in one statement, of a Python function in one transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import asyncpg

from midflight.backfill import batch
from midflight.backfill.trouble import FunctionError, StillWrongError

if TYPE_CHECKING:
    import uuid
    from datetime import timedelta

    from midflight.backfill.job import Job, Range
    from midflight.backfill.keys import Key
    from midflight.sql.names import Name

BatchFunction = Callable[[asyncpg.Connection, Sequence[tuple[Any, ...]]], Awaitable[None]]
"""Takes the connection, which is in the batch's transaction, and the keys of the rows that it is to change."""


@dataclass(frozen=True, slots=True)
class Done:
    """What one batch has done."""

    state: str
    """Of the range, after it."""
    position: tuple[str, ...] | None
    rows_read: int
    rows_changed: int


@dataclass(frozen=True, slots=True)
class Batches:
    """Runs the batches of one worker on a backfill."""

    job: Job
    worker: uuid.UUID
    lease: timedelta
    function: BatchFunction | None = None

    async def change(self, connection: asyncpg.Connection, part: Range, key: Key, rows: int) -> Done | None:
        """Change the rows of the next keys; None where the range is not ours any more.

        Args:
            connection: in no transaction.
            part: where it stands.
            key: of its table.
            rows: how many keys.
        """
        if self.function is not None:
            return await self._by_function(connection, part, key, rows, self.function)
        return await self._send(connection, batch.change_sql(self.job, part, key), part, rows)

    async def verify(self, connection: asyncpg.Connection, part: Range, key: Key, rows: int) -> Done | None:
        """Look for rows that are wrong among the next keys; None where the range is not ours any more."""
        sql = batch.verify_sql(self.job, part, key)
        if not key.is_place:
            return await self._send(connection, sql, part, rows)
        async with connection.transaction():
            await connection.execute("SET LOCAL statement_timeout = 0")
            return _done(await connection.fetchrow(sql, part.id, self.worker))

    async def change_one(self, connection: asyncpg.Connection, table: Name, key: Key, values: Sequence[str]) -> None:
        """Change a single row, in the transaction that there is; one that is gone, or right, is let be."""
        if self.function is None:
            if await connection.fetchval(batch.one_sql(self.job, table, key), values):
                raise StillWrongError
            return
        found = await connection.fetch(batch.one_row_sql(self.job, table, key), values)
        if found:
            await _called(self.function, connection, found)

    async def skip(self, connection: asyncpg.Connection, part: Range, key: Key) -> tuple[Done | None, tuple[str, ...]]:
        """Leave the next row out, in the transaction that there is; return its key, none where there is none."""
        if await connection.fetchval(batch.HOLD, part.id, self.worker, part.position) is None:
            return None, ()
        read, last = await self._bound(connection, part, key, 1)
        done = await connection.fetchrow(batch.ADVANCE, part.id, last, read == 0, read, 0, self.lease)
        return _done(done), tuple(last or ())

    async def _send(self, connection: asyncpg.Connection, sql: str, part: Range, rows: int) -> Done | None:
        values = (part.id, self.worker, part.position, part.begins, part.up_to, rows, self.lease)
        return _done(await connection.fetchrow(sql, *values))

    async def _by_function(
        self, connection: asyncpg.Connection, part: Range, key: Key, rows: int, function: BatchFunction
    ) -> Done | None:
        async with connection.transaction():
            if await connection.fetchval(batch.HOLD, part.id, self.worker, part.position) is None:
                return None
            read, last = await self._bound(connection, part, key, rows)
            changed = await self._call(connection, part, key, last, function) if last else 0
            return _done(
                await connection.fetchrow(batch.ADVANCE, part.id, last, read < rows, read, changed, self.lease)
            )

    async def _bound(
        self, connection: asyncpg.Connection, part: Range, key: Key, rows: int
    ) -> tuple[int, list[str] | None]:
        """Return how many of the next keys there are, and the last of them."""
        [row] = await connection.fetch(batch.bound_sql(part, key), part.begins, part.up_to, rows)
        return row["keys"], row["last"]

    async def _call(
        self, connection: asyncpg.Connection, part: Range, key: Key, last: list[str], function: BatchFunction
    ) -> int:
        found = await connection.fetch(batch.rows_sql(self.job, part, key), part.begins, last)
        if not found:
            return 0
        await _called(function, connection, found)
        if self.job.wrong and await connection.fetchval(batch.still_sql(self.job, part, key), part.begins, last):
            raise StillWrongError
        return len(found)


async def _called(function: BatchFunction, connection: asyncpg.Connection, found: list[asyncpg.Record]) -> None:
    """Call the user's function; what it raises by itself is never taken for a lost connection."""
    try:
        await function(connection, [tuple(row) for row in found])
    except asyncpg.PostgresError:
        raise
    except Exception as error:
        if connection.is_closed():
            raise
        raise FunctionError from error


def _done(row: asyncpg.Record | None) -> Done | None:
    if row is None:
        return None
    position = tuple(row["position"]) if row["position"] is not None else None
    return Done(row["state"], position, row["rows_read"], row["rows_changed"])
