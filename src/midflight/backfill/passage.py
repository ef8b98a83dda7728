"""A worker's way through the ranges of a backfill: batch after batch, in its pace, around rows that resist."""

from __future__ import annotations

import json
import os
import socket
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from midflight.backfill import ledger
from midflight.backfill.changing import Done
from midflight.backfill.events import RowFailed, RowHeld, TableVacuumed
from midflight.backfill.figures import as_rows
from midflight.backfill.job import LIVE, JobState
from midflight.backfill.pace import next_rows, pause_after, vacuum_is_due
from midflight.backfill.shared import BEAT_SECONDS
from midflight.backfill.trouble import Trouble, said, sqlstate_of, trouble_of
from midflight.backfill.vacuum import vacuum
from midflight.errors import DatabaseError

if TYPE_CHECKING:
    import asyncpg

    from midflight.backfill.braking import Braking
    from midflight.backfill.changing import Batches
    from midflight.backfill.job import Job, Range
    from midflight.backfill.keys import Key
    from midflight.backfill.ledger import Beat
    from midflight.backfill.shared import Shared
    from midflight.sql.names import Name

FIRST_ROWS = 100
_TELL_HELD_SECONDS = 5.0
_LONGEST_PAUSE = 0.5
VERIFIED_AT_ONCE = 20
"""To look at a row costs so much less than to change it."""


class Passage:
    """Goes through ranges of one backfill, in one pass."""

    def __init__(self, shared: Shared, batches: Batches, brakes: Braking, rows: int | None) -> None:
        """Take what the worker has; ``rows`` is how many its last batch had."""
        self.rows = rows or min(FIRST_ROWS, brakes.pace.largest_batch)
        self._shared = shared
        self._batches = batches
        self._brakes = brakes
        self._keys: dict[Name, Key] = {}
        self._beaten = self._measured = 0.0
        self._read_since = 0
        self._held = self._told_held = 0.0

    @property
    def job(self) -> Job:
        """The backfill as it was when the pass began."""
        return self._batches.job

    async def go_through(self, connection: asyncpg.Connection, part: Range) -> bool:
        """Do batch after batch of a range, as long as it is ours; tell whether it was verified, and is wrong."""
        key, began_as = await self._key(connection, part.table), part.state
        while not self._shared.is_over and await self._may_go_on(connection, part):
            began = time.monotonic()
            done = await self._batch(connection, part, key)
            if done is None or done.state != began_as:
                return done is not None and (began_as, done.state) == ("done", "open")
            part = replace(part, position=done.position)
            pause = pause_after(self._brakes.pace, time.monotonic() - began, self._brakes.brake)
            if pause:
                await self._shared.rest(min(pause, BEAT_SECONDS))
        return False

    async def try_again(self, connection: asyncpg.Connection) -> bool:
        """Change a row that could not be changed before; tell whether there was one."""
        async with connection.transaction():
            taken = await ledger.take_again(connection, self.job)
            if taken is None:
                return False
            table, values = taken
            key = await self._key(connection, table)
            try:
                async with connection.transaction():
                    await self._batches.change_one(connection, table, key, values)
            except Exception as error:
                if trouble_of(error) in {Trouble.GONE, Trouble.SERVER}:
                    raise
                await self._fail_row(connection, table, values, error)
            else:
                await ledger.mend(connection, self.job, table, values)
        return True

    async def _batch(self, connection: asyncpg.Connection, part: Range, key: Key) -> Done | None:
        """Do one batch; after an error say where it stands, which is where it stood but for a row that is left out."""
        verifies, rows, began = part.state == "done", self.rows, time.monotonic()
        method = self._batches.verify if verifies else self._batches.change
        try:
            done = await method(connection, part, key, rows * VERIFIED_AT_ONCE if verifies else rows)
        except Exception as error:  # noqa: BLE001 - the function is the user's, and its error is told
            return await self._after(error, connection, part, key)
        self._held = 0.0
        if done is not None:
            self._read_since += done.rows_read
            self._shared.rows += done.rows_read
            if done.rows_read >= rows:
                self.rows = next_rows(self._brakes.pace, rows, time.monotonic() - began)
        return done

    async def _after(self, error: Exception, connection: asyncpg.Connection, part: Range, key: Key) -> Done | None:
        trouble, stands = trouble_of(error), _stands(part)
        if trouble is Trouble.GONE:
            raise error
        if trouble is Trouble.SERVER:
            raise DatabaseError(f"{self._shared.course.address}: {said(error)}") from error
        if trouble is Trouble.JOB:
            await ledger.move(connection, self.job, JobState.FAILED, said(error))
            return None
        if self.rows > 1:
            self.rows //= 2
            return stands
        if trouble is Trouble.BUSY and sqlstate_of(error) != "57014":
            await self._wait_for_row(part)
            return stands
        if part.state == "done":
            await ledger.move(connection, self.job, JobState.FAILED, f"it cannot be verified: {said(error)}")
            return None
        return await self._leave_out(connection, part, key, error)

    async def _wait_for_row(self, part: Range) -> None:
        self._held = min(max(self._held * 2, 0.02), _LONGEST_PAUSE)
        if time.monotonic() - self._told_held > _TELL_HELD_SECONDS:
            self._told_held = time.monotonic()
            self._shared.course.listener(RowHeld(self.job.name, str(part.table), part.begins))
        await self._shared.rest(self._held)

    async def _leave_out(self, connection: asyncpg.Connection, part: Range, key: Key, error: Exception) -> Done | None:
        async with connection.transaction():
            done, values = await self._batches.skip(connection, part, key)
            if values and not await self._fail_row(connection, part.table, values, error):
                return None
        return done

    async def _fail_row(
        self, connection: asyncpg.Connection, table: Name, values: tuple[str, ...], error: Exception
    ) -> bool:
        """Note it; tell whether it may go on."""
        await ledger.note_failure(connection, self.job, table, values, error)
        self._shared.course.listener(RowFailed(self.job.name, str(table), values, said(error)))
        failures = (await ledger.read_progress(connection, self.job)).failures
        if failures < self._shared.course.most_failures:
            return True
        reason = f"{as_rows(failures)} cannot be changed, which is too many to go on"
        await ledger.move(connection, self.job, JobState.FAILED, reason)
        return False

    async def _may_go_on(self, connection: asyncpg.Connection, part: Range) -> bool:
        """Wait while a brake stops it; say once a second that it lives, and learn whether it is still wanted."""
        while not self._shared.is_over:
            if time.monotonic() - self._beaten >= BEAT_SECONDS and not await self._beat(connection, part):
                return False
            brake = self._brakes.brake
            if brake is None or not brake.stops:
                return True
            await self._shared.rest(pause_after(self._brakes.pace, 0.0, brake))
        return False

    async def _beat(self, connection: asyncpg.Connection, part: Range) -> bool:
        now = time.monotonic()
        speed = self._read_since / (now - self._measured) if self._measured else 0.0
        self._beaten = self._measured = now
        self._read_since = 0
        brake = self._brakes.brake.words if self._brakes.brake else None
        beat = await ledger.beat(
            connection,
            self._batches.worker,
            self.job.id,
            socket.gethostname(),
            os.getpid(),
            self.rows,
            speed,
            brake,
            json.dumps(self._brakes.figures),
            self._batches.lease,
        )
        if beat is None or beat.state not in LIVE:
            return False
        self._shared.tell(self.job, beat, brake)
        if part.state == "open":
            await self._vacuum(connection, part.table, beat)
        return True

    async def _vacuum(self, connection: asyncpg.Connection, table: Name, beat: Beat) -> None:
        changed = beat.rows_changed - beat.rows_vacuumed
        if vacuum_is_due(self._brakes.pace, changed, beat.rows_estimated, self._brakes.brake):
            seconds = await vacuum(connection, self.job, table, beat.rows_changed)
            if seconds is not None:
                self._shared.course.listener(TableVacuumed(str(table), seconds))

    async def _key(self, connection: asyncpg.Connection, table: Name) -> Key:
        if table not in self._keys:
            self._keys[table] = await ledger.read_key(connection, table, self.job.changed)
        return self._keys[table]


def _stands(part: Range) -> Done:
    return Done(part.state, part.position, 0, 0)
