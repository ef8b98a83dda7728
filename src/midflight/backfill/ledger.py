"""All that is read from the ledger and written to it, the batches aside."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from midflight.backfill.job import Job, JobState, Range, sources_of
from midflight.backfill.keys import Key, UniqueIndex, choose_key
from midflight.backfill.sql_files import load_sql
from midflight.backfill.trouble import said, sqlstate_of
from midflight.sql.names import Name

if TYPE_CHECKING:
    import uuid
    from collections.abc import Iterable, Sequence
    from datetime import datetime, timedelta

    import asyncpg

    from midflight.backfill.ranges import Bounds

THERE = "SELECT to_regclass('midflight.instance') IS NOT NULL"
"""Whether there is a ledger."""
_ADD_RANGE = """
INSERT INTO midflight.backfill_range (backfill, place, table_schema, table_name, after, up_to)
VALUES ($1, $2, $3, $4, $5, $6)
"""
_RANGED = "SELECT DISTINCT table_schema, table_name FROM midflight.backfill_range WHERE backfill = $1"
_LAST_PLACE = "SELECT coalesce(max(place), -1) FROM midflight.backfill_range WHERE backfill = $1"
_MEND = """
UPDATE midflight.backfill_failure SET state = 'mended'
WHERE backfill = $1 AND table_schema = $2 AND table_name = $3 AND key = $4
"""
_AGAIN = "UPDATE midflight.backfill_failure SET state = 'again' WHERE backfill = $1 AND state = 'open' RETURNING id"
_HAS_RANGES = "SELECT EXISTS (SELECT FROM midflight.backfill_range WHERE backfill = $1)"
_ON_DISK = "SET LOCAL synchronous_commit = on"
"""Who was told that it is finished finds it so after a crash, too."""
_ONCE_MORE = """
UPDATE midflight.backfill SET passes = passes + 1, state = 'running' WHERE id = $1 AND state = 'verifying'
RETURNING passes
"""
_TAKE_AGAIN = """
SELECT table_schema, table_name, key FROM midflight.backfill_failure
WHERE backfill = $1 AND state = 'again' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
"""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A table that holds rows itself."""

    table: Name
    kind: str
    """As ``pg_class.relkind``."""
    rows: int
    """As the planner estimates them."""
    blocks: int


@dataclass(frozen=True, slots=True)
class Beat:
    """How far all workers of a backfill are."""

    state: JobState
    passes: int
    rows_estimated: int
    rows_vacuumed: int
    rows_read: int
    rows_changed: int
    failures: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How many ranges and failures of a backfill are in which state."""

    state: JobState
    open: int
    done: int
    failures: int
    again: int


@dataclass(frozen=True, slots=True)
class Failure:
    """A row that could not be changed."""

    table: Name
    key: tuple[str, ...]
    sqlstate: str | None
    error: str
    tries: int
    at: datetime


@dataclass(frozen=True, slots=True)
class WorkerSeen:
    """Who is at work."""

    host: str
    process: int
    batch_rows: int
    rows_per_second: float
    brake: str | None
    signals: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a backfill is."""

    rows_read: int
    rows_changed: int
    open: int
    done: int
    verified: int
    failures: int


async def has_ledger(connection: asyncpg.Connection) -> bool:
    """Tell whether anything was ever registered here."""
    return bool(await connection.fetchval(THERE))


async def read_jobs(connection: asyncpg.Connection, name: str | None = None) -> tuple[Job, ...]:
    """Return all backfills, or the one of a name, the oldest first; none where there is no ledger."""
    if not await has_ledger(connection):
        return ()
    return tuple(_job(row) for row in await connection.fetch(load_sql("jobs"), name))


async def read_job(connection: asyncpg.Connection, name: str) -> Job | None:
    """Return the backfill of a name; None where there is none."""
    return next(iter(await read_jobs(connection, name)), None)


async def read_leaves(connection: asyncpg.Connection, table: Name) -> tuple[Leaf, ...]:
    """Return the tables that hold the rows of one; none where it is gone."""
    rows = await connection.fetch(load_sql("leaves"), table.schema, table.name)
    return tuple(Leaf(Name(row["schema"], row["name"]), row["kind"], row["rows"], row["blocks"]) for row in rows)


async def read_key(connection: asyncpg.Connection, table: Name, changed: Sequence[str]) -> Key:
    """Return by what the rows of a table are gone through."""
    rows = await connection.fetch(load_sql("unique_indexes"), table.schema, table.name)
    indexes = [UniqueIndex(tuple(row["columns"]), tuple(row["types"]), row["is_primary"]) for row in rows]
    return choose_key(indexes, changed)


async def read_ranged(connection: asyncpg.Connection, job: Job) -> frozenset[Name]:
    """Return the tables of which a backfill has ranges."""
    return frozenset(Name(*row) for row in await connection.fetch(_RANGED, job.id))


async def add_ranges(connection: asyncpg.Connection, job: Job, ranges: Iterable[tuple[Name, Bounds]]) -> None:
    """Add ranges behind those that are there."""
    last = await connection.fetchval(_LAST_PLACE, job.id)
    rows = [
        (job.id, place, table.schema, table.name, after, up_to)
        for place, (table, (after, up_to)) in enumerate(ranges, last + 1)
    ]
    await connection.executemany(_ADD_RANGE, rows)


async def claim(
    connection: asyncpg.Connection, job: Job, worker: uuid.UUID, state: str, lease: timedelta
) -> Range | None:
    """Take a range in a state; None where there is none, or others have all."""
    row = await connection.fetchrow(load_sql("claim"), job.id, worker, state, lease)
    if row is None:
        return None
    return Range(
        row["id"],
        Name(row["table_schema"], row["table_name"]),
        _key(row["after"]),
        _key(row["up_to"]),
        _key(row["position"]),
        row["state"],
    )


async def read_standing(connection: asyncpg.Connection, job: Job) -> Standing | None:
    """Return how far a backfill is, and lock it; None where it was dropped. Within a transaction."""
    row = await connection.fetchrow(load_sql("standing"), job.id)
    return Standing(JobState(row[0]), *row[1:]) if row else None


async def move(connection: asyncpg.Connection, job: Job, to: JobState, error: str | None = None) -> bool:
    """Turn a backfill into another state, where it is in one that may; tell whether it was."""
    sources = [str(state) for state in sources_of(to)]
    if to is JobState.FINISHED and connection.is_in_transaction():
        await connection.execute(_ON_DISK)
    return await connection.fetchval(load_sql("move"), job.id, str(to), sources, error) is not None


async def begin_pass(connection: asyncpg.Connection, job: Job) -> int:
    """Note that ranges are open again, and return how often it was gone through."""
    return int(await connection.fetchval(_ONCE_MORE, job.id) or job.passes)


async def beat(connection: asyncpg.Connection, *values: object) -> Beat | None:
    """Say that a worker lives; return how far all are, None where the backfill was dropped. See beat.sql."""
    row = await connection.fetchrow(load_sql("beat"), *values)
    return Beat(JobState(row[0]), *row[1:]) if row else None


async def leave(connection: asyncpg.Connection, worker: uuid.UUID) -> None:
    """Give back what a worker has."""
    await connection.execute(load_sql("leave"), worker)


async def note_failure(
    connection: asyncpg.Connection, job: Job, table: Name, key: Sequence[str], error: Exception
) -> None:
    """Note a row that cannot be changed."""
    await connection.execute(
        load_sql("failed"), job.id, table.schema, table.name, list(key), sqlstate_of(error), said(error)
    )


async def take_again(connection: asyncpg.Connection, job: Job) -> tuple[Name, tuple[str, ...]] | None:
    """Take a row that is to be tried once more, and keep it until the transaction ends; None where there is none."""
    row = await connection.fetchrow(_TAKE_AGAIN, job.id)
    return (Name(row[0], row[1]), tuple(row[2])) if row else None


async def retry_failures(connection: asyncpg.Connection, job: Job) -> int:
    """Let all rows that could not be changed be tried once more; return how many."""
    return len(await connection.fetch(_AGAIN, job.id))


async def has_ranges(connection: asyncpg.Connection, job: Job) -> bool:
    """Tell whether somebody has begun."""
    return bool(await connection.fetchval(_HAS_RANGES, job.id))


async def mend(connection: asyncpg.Connection, job: Job, table: Name, key: Sequence[str]) -> None:
    """Note that a row was changed after all."""
    await connection.execute(_MEND, job.id, table.schema, table.name, list(key))


async def read_failures(connection: asyncpg.Connection, job: Job, at_most: int) -> tuple[Failure, ...]:
    """Return rows that could not be changed."""
    rows = await connection.fetch(load_sql("failures"), job.id, at_most)
    return tuple(
        Failure(
            Name(row["table_schema"], row["table_name"]),
            tuple(row["key"]),
            row["sqlstate"],
            row["error"],
            row["tries"],
            row["failed_at"],
        )
        for row in rows
    )


async def read_workers(connection: asyncpg.Connection, job: Job, silent: float) -> tuple[WorkerSeen, ...]:
    """Return who is at work; who was silent for longer is gone."""
    rows = await connection.fetch(load_sql("workers"), job.id, silent)
    return tuple(
        WorkerSeen(
            row["host"],
            row["process"],
            row["batch_rows"],
            row["rows_per_second"],
            row["brake"],
            json.loads(row["signals"]),
        )
        for row in rows
    )


async def read_progress(connection: asyncpg.Connection, job: Job) -> Progress:
    """Return how far a backfill is."""
    [row] = await connection.fetch(load_sql("progress"), job.id)
    return Progress(*row)


def _job(row: asyncpg.Record) -> Job:
    return Job(
        id=row["id"],
        name=row["name"],
        table=Name(row["table_schema"], row["table_name"]),
        assignments=tuple((column, value) for column, value in json.loads(row["assignments"])),
        condition=row["condition"],
        function=row["function"],
        disagreement=row["disagreement"],
        state=JobState(row["state"]),
        passes=row["passes"],
        error=row["error"],
        rows_estimated=row["rows_estimated"],
        options=json.loads(row["options"]),
        revision=row["revision"],
        created_at=row["created_at"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
    )


def _key(values: Sequence[str] | None) -> tuple[str, ...] | None:
    return tuple(values) if values is not None else None
