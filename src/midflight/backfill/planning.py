"""A backfill is begun: its tables are split into ranges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.backfill import ledger
from midflight.backfill.job import JobState
from midflight.backfill.ranges import ranges_wanted, sampled_percent, split

if TYPE_CHECKING:
    from collections.abc import Iterator

    import asyncpg

    from midflight.backfill.job import Job
    from midflight.backfill.keys import Key
    from midflight.backfill.ledger import Leaf
    from midflight.backfill.ranges import Bounds
    from midflight.sql.names import Name

_ENDS = """
SELECT {as_text} FROM (
    SELECT {columns}, row_number() OVER (ORDER BY {columns}) AS midflight_place, count(*) OVER () AS midflight_number
    FROM ONLY {table} TABLESAMPLE SYSTEM ({percent})
) AS sampled
WHERE midflight_place % greatest(midflight_number / $1, 1) = 0
ORDER BY {columns}
"""
_CLEAR = "DELETE FROM midflight.backfill_range WHERE backfill = $1"
_ESTIMATE = "UPDATE midflight.backfill SET rows_estimated = $2 WHERE id = $1"
_NO_KEY = (
    "{table} has no key that could tell which rows are done: the backfill needs a condition that is false for a row "
    "that was changed"
)


async def begin(connection: asyncpg.Connection, job: Job) -> None:
    """Split what is to be done into ranges, unless another worker has done it; a table that is gone is a failure."""
    async with connection.transaction():
        standing = await ledger.read_standing(connection, job)
        if standing is None or standing.state is not JobState.PENDING:
            return
        leaves = await ledger.read_leaves(connection, job.table)
        problem = await _problem(connection, job, leaves)
        if problem:
            await ledger.move(connection, job, JobState.FAILED, problem)
            return
        await connection.execute(_CLEAR, job.id)
        await ledger.add_ranges(connection, job, await _ranges(connection, job, leaves))
        await connection.execute(_ESTIMATE, job.id, sum(leaf.rows for leaf in leaves))
        await ledger.move(connection, job, JobState.RUNNING)


async def add_new_leaves(connection: asyncpg.Connection, job: Job) -> int:
    """Add ranges for partitions that were attached meanwhile, and return of how many."""
    known = await ledger.read_ranged(connection, job)
    new = tuple(leaf for leaf in await ledger.read_leaves(connection, job.table) if leaf.table not in known)
    await ledger.add_ranges(connection, job, await _ranges(connection, job, new))
    return len(new)


async def _problem(connection: asyncpg.Connection, job: Job, leaves: tuple[Leaf, ...]) -> str | None:
    """Say why it cannot be done."""
    for leaf in leaves:
        if leaf.kind == "f":
            return f"{leaf.table} is a foreign table: its rows are changed where they are"
        if job.condition is None and (await ledger.read_key(connection, leaf.table, job.changed)).is_place:
            return _NO_KEY.format(table=leaf.table)
    is_there = await connection.fetchval("SELECT to_regclass($1) IS NOT NULL", job.table.sql)
    return None if is_there else f"there is no table {job.table}"


async def _ranges(connection: asyncpg.Connection, job: Job, leaves: tuple[Leaf, ...]) -> list[tuple[Name, Bounds]]:
    return [
        (leaf.table, bounds)
        for leaf in leaves
        for bounds in await _bounds(connection, leaf, await ledger.read_key(connection, leaf.table, job.changed))
    ]


async def _bounds(connection: asyncpg.Connection, leaf: Leaf, key: Key) -> Iterator[Bounds]:
    wanted = ranges_wanted(leaf.rows)
    if key.is_place or wanted == 1:  # rows without a key are verified at one moment, by one range
        return iter([(None, None)])
    columns = ", ".join(key.sql)
    sql = _ENDS.format(
        as_text=key.as_text, columns=columns, table=leaf.table.sql, percent=sampled_percent(leaf.blocks, wanted)
    )
    return split([tuple(row[0]) for row in await connection.fetch(sql, wanted)], wanted)
