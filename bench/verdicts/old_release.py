"""Whether a release that knows nothing of a case goes on working after it: its queries, run before and after."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import asyncpg
from bench.verdicts.case import PRODUCTION
from bench.verdicts.ours import make_tablespace

from midflight import sql
from midflight.pg.identifiers import quote_identifier
from midflight.shadow.opening import open_shadow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from midflight.pg.addresses import Address
    from midflight.shadow.choice import ShadowChoice

_QUERIES = """
SELECT format('SELECT %I FROM %I.%I', a.attname, n.nspname, c.relname) AS query
FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname IN ('public', 'billing', 'legacy') AND c.relkind IN ('r', 'p', 'v', 'm') AND a.attnum > 0
UNION ALL
SELECT format('SELECT %L::%I.%I', e.enumlabel, n.nspname, t.typname)
FROM pg_enum AS e JOIN pg_type AS t ON t.oid = e.enumtypid JOIN pg_namespace AS n ON n.oid = t.typnamespace
UNION ALL
SELECT format('SELECT NULL::%I.%I', n.nspname, t.typname)
FROM pg_type AS t JOIN pg_namespace AS n ON n.oid = t.typnamespace
WHERE t.typtype = 'd' AND n.nspname = 'public'
ORDER BY query
"""
"""One query a column, a label of an enum, and a domain: what an ORM of that schema names."""


async def broken_by(choice: ShadowChoice, cases: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Run cases, each by the texts of its files; return by the case's id what they broke."""
    async with open_shadow(choice) as shadow:
        await make_tablespace(shadow.address)
        return {case: await broken_queries(shadow.address, files) for case, files in cases.items()}


async def broken_queries(server: Address, files: Sequence[str]) -> tuple[str, ...]:
    """Run a case on a database of its own; return which queries of the release before it fail afterwards."""
    name = f"old_release_{secrets.token_hex(4)}"
    maintenance: asyncpg.Connection = await asyncpg.connect(**server.asyncpg_arguments())
    try:
        await maintenance.execute(f"CREATE DATABASE {quote_identifier(name)}")
        try:
            return await _broken(server.with_database(name), files)
        finally:
            await maintenance.execute(f"DROP DATABASE {quote_identifier(name)}")
    finally:
        await maintenance.close()


async def _broken(address: Address, files: Sequence[str]) -> tuple[str, ...]:
    connection: asyncpg.Connection = await asyncpg.connect(**address.asyncpg_arguments())
    try:
        await connection.execute(PRODUCTION.read_text())
        queries = [row["query"] for row in await connection.fetch(_QUERIES)]
        works = [query for query in queries if await _runs(connection, query)]
        await _send(connection, files)
    finally:
        await connection.close()
    fresh: asyncpg.Connection = await asyncpg.connect(**address.asyncpg_arguments())
    try:
        return tuple([query for query in works if not await _runs(fresh, query)])
    finally:
        await fresh.close()


async def _send(connection: asyncpg.Connection, files: Sequence[str]) -> None:
    """Run files as psql does: what fails stops nothing."""
    for piece in (piece for text in files for piece in sql.split(text)):
        try:
            await connection.execute(piece.text)
        except asyncpg.PostgresError:
            continue


async def _runs(connection: asyncpg.Connection, query: str) -> bool:
    try:
        await connection.execute(query)
    except asyncpg.PostgresError:
        return False
    return True
