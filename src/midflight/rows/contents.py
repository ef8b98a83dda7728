"""Reads what tables hold, as digests: no value leaves the server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from midflight.pg.identifiers import QualifiedName
from midflight.rows.losses import Contents, Row, TableContents
from midflight.rows.sql_files import load_sql

if TYPE_CHECKING:
    from collections.abc import Iterable

    import asyncpg

# One row of the answer is one row of the table. JSON gives all types one shape, whatever the columns are.
_ROWS = """\
SELECT {place} AS place, (
    SELECT json_object_agg(v.key, hashtextextended(v.value COLLATE "C", 0))
    FROM json_each_text(to_json(t)) AS v
    WHERE v.value IS NOT NULL
)::text AS digests
FROM {source} AS t"""


async def read_contents(connection: asyncpg.Connection, tables: Iterable[QualifiedName]) -> Contents:
    """Read what these tables hold; those that do not exist are left out.

    A table's own rows are read, and those of its partitions, but not those of tables that inherit from it.
    """
    asked = sorted(set(tables))
    found = await connection.fetch(load_sql("keys"), [table.schema for table in asked], [table.name for table in asked])
    if not found:
        return Contents({})
    names = [QualifiedName(record["schema"], record["name"]) for record in found]
    sources = [
        name.sql if record["partitioned"] else f"ONLY {name.sql}" for name, record in zip(names, found, strict=True)
    ]
    selects = (_ROWS.format(place=place, source=source) for place, source in enumerate(sources))
    rows: list[list[Row]] = [[] for _ in names]
    for record in await connection.fetch("\nUNION ALL\n".join(selects)):
        rows[record["place"]].append(json.loads(record["digests"] or "{}"))
    return Contents(
        {name: TableContents(tuple(of["key"]), tuple(held)) for name, of, held in zip(names, found, rows, strict=True)}
    )
