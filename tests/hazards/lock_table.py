"""Measures what kinds of statements lock, rewrite and read; ``python -m hazards.lock_table`` writes the page of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg

from hazards.lock_statements import SCHEMA, STATEMENTS
from midflight import sql
from midflight.pg.locks import LockMode
from midflight.shadow.choice import ShadowChoice
from midflight.shadow.opening import open_shadow
from midflight.trace.tracer import trace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from midflight.pg.addresses import Address
    from midflight.shadow.shadow import Shadow
    from midflight.trace.record import Relation, TracedStatement
    from midflight.trace.tracer import Tracer

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "locks.md"
SERVERS = {15: ShadowChoice("machine", 15), 18: ShadowChoice("embedded", 18)}

_HEAD = """# What statements lock, rewrite and read

Measured on PostgreSQL 15 and 18, not copied from a manual: each statement ran by itself on the schema below, under the
trace that `midflight check` uses. `make reference` measures anew, and a test fails where this page says anything else
than the servers do. Where the versions differ, both are told; a dash is nothing.

The lock is the strongest on each table; one on an index is told where it keeps readers out and the one on its table
does not, since the planner opens every index of a table. ACCESS SHARE, which every query takes, is left out. VACUUM and
what has CONCURRENTLY cannot run inside of a transaction, where the trace looks: their lock is the one for which they
were seen to wait, and what they rewrite and read was counted afterwards.
"""

_NAMED = frozenset({"r", "p", "m", "i", "I", "v"})
"""Of what a lock is told, as ``pg_class.relkind``: sequences and TOAST tables are nobody's concern."""

_STORED = frozenset({"r", "m"})
"""What has rows in a file of its own."""

_COUNTED = """
SELECT c.relname, c.relfilenode::bigint AS storage, coalesce(s.seq_tup_read, 0) AS rows_read
FROM pg_class c LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'm')
"""

_AWAITED = """
SELECT c.relname, l.mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
WHERE l.pid = $1 AND NOT l.granted AND l.locktype = 'relation'
"""


@dataclass(frozen=True, slots=True)
class Deed:
    """What one statement did on one server, for a person."""

    locks: str
    rewrites: str
    reads: str


NOT_KNOWN = Deed("not in this version", "", "")


async def measure_server(choice: ShadowChoice) -> dict[str, Deed]:
    """Measure every statement on one server."""
    statements = [statement for section in STATEMENTS.values() for statement in section]
    async with open_shadow(choice) as shadow:
        deeds = await _measure_inside(await _new_database(shadow), filter(_can_run_in_transaction, statements))
        for statement in statements:
            if statement not in deeds:
                deeds[statement] = await _measure_outside(await _new_database(shadow), _sent(statement))
    return deeds


async def _new_database(shadow: Shadow) -> Address:
    database = await shadow.create_database()
    connection = await asyncpg.connect(**database.asyncpg_arguments())
    await connection.execute(SCHEMA)
    await connection.close()
    return database


def _sent(statement: str) -> str:
    return statement.partition(" -- ")[0]


def _can_run_in_transaction(statement: str) -> bool:
    return sql.parse(_sent(statement)).can_run_in_transaction


async def _measure_inside(database: Address, statements: Iterable[str]) -> dict[str, Deed]:
    """Watch each statement in a transaction that is rolled back, so that all find the same schema."""
    async with trace(database) as tracer:
        connection = await asyncpg.connect(**tracer.address.asyncpg_arguments())
        try:
            return {statement: await _measure_one(connection, tracer, _sent(statement)) for statement in statements}
        finally:
            await connection.close()


async def _measure_one(connection: asyncpg.Connection, tracer: Tracer, statement: str) -> Deed:
    async with tracer.record() as recording:
        await connection.execute("BEGIN")
        try:
            await connection.execute(statement)
        except asyncpg.PostgresSyntaxError:
            return NOT_KNOWN
        finally:
            await connection.execute("ROLLBACK")
        (traced,) = recording.statements()
    return Deed(
        _told_locks(traced),
        _told(relation for relation in traced.rewritten if relation.kind in _STORED),
        _told(scan.relation for scan in traced.scanned if scan.rows),
    )


async def _measure_outside(database: Address, statement: str) -> Deed:
    """Let the statement wait for its lock, to see which that is; then let it go on, and count."""
    connection = await asyncpg.connect(**database.asyncpg_arguments())
    in_the_way = await asyncpg.connect(**database.asyncpg_arguments())
    try:
        before = await _counted(connection)
        await in_the_way.execute("BEGIN; LOCK TABLE t, p IN SHARE UPDATE EXCLUSIVE MODE")
        running = asyncio.create_task(connection.execute(statement))
        awaited = await _awaited(in_the_way, connection.get_server_pid())
        await in_the_way.execute("ROLLBACK")
        await running
        after = await _counted(connection)
    finally:
        await connection.close()
        await in_the_way.close()
    return Deed(
        _listed(awaited),
        _listed_names(name for name, (storage, _) in before.items() if after[name][0] != storage),
        _listed_names(name for name, (_, read) in before.items() if after[name][1] > read),
    )


async def _counted(connection: asyncpg.Connection) -> dict[str, tuple[int, int]]:
    await connection.execute("SELECT pg_stat_force_next_flush()")
    return {row["relname"]: (row["storage"], row["rows_read"]) for row in await connection.fetch(_COUNTED)}


async def _awaited(looker: asyncpg.Connection, pid: int) -> list[tuple[str, LockMode]]:
    while not (rows := await looker.fetch(_AWAITED, pid)):  # noqa: ASYNC110 -- only the server knows
        await asyncio.sleep(0.05)
    return [(row["relname"], LockMode.from_catalog(row["mode"])) for row in rows]


def _told_locks(traced: TracedStatement) -> str:
    strongest: dict[Relation, LockMode] = {}
    for lock in traced.locks_taken:
        if lock.relation.kind in _NAMED:
            strongest[lock.relation] = max(lock.mode, strongest.get(lock.relation, lock.mode))
    exclusive = {relation.name for relation, mode in strongest.items() if mode.blocks_reads}
    return _listed(
        (str(relation.name), mode)
        for relation, mode in strongest.items()
        if mode > LockMode.ACCESS_SHARE
        and (relation.table is None or (mode.blocks_reads and relation.table not in exclusive))
    )


def _listed(locks: Iterable[tuple[str, LockMode]]) -> str:
    return ", ".join(f"{name}: {mode.label}" for name, mode in sorted(locks)) or "-"


def _told(relations: Iterable[Relation]) -> str:
    return _listed_names(str(relation.name) for relation in relations)


def _listed_names(names: Iterable[str]) -> str:
    return ", ".join(sorted(set(names))) or "-"


def page(deeds: Mapping[int, Mapping[str, Deed]]) -> str:
    """Write the page: one table a section, from what each statement did on each major version."""
    parts = [_HEAD, "```sql\n" + SCHEMA.strip() + "\n```\n"]
    for section, statements in STATEMENTS.items():
        rows = [_row(statement, [deeds[major][statement] for major in SERVERS]) for statement in statements]
        parts.append("\n".join([f"## {section}\n", *_TABLE_HEAD, *rows, ""]))
    return "\n".join(parts)


_TABLE_HEAD = ("| statement | locks | rewrites | reads every row of |", "|---|---|---|---|")


def _row(statement: str, deeds: list[Deed]) -> str:
    sent, _, remark = statement.partition(" -- ")
    cells = [_cell([getattr(deed, name) for deed in deeds]) for name in ("locks", "rewrites", "reads")]
    return "| " + " | ".join([f"`{sent}`" + f" ({remark})" * bool(remark), *cells]) + " |"


def _cell(told: list[str]) -> str:
    if len(set(told)) == 1:
        return told[0]
    return "; ".join(f"{major}: {text}" for major, text in zip(SERVERS, told, strict=True) if text)


async def main() -> None:
    """Measure all, and write the page."""
    PAGE.write_text(page({major: await measure_server(choice) for major, choice in SERVERS.items()}))


if __name__ == "__main__":
    asyncio.run(main())
