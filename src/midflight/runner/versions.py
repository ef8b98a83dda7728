"""At which revisions a database is, as Alembic's version table says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from midflight.pg.identifiers import QualifiedName
from midflight.runner.sql_files import load_sql

if TYPE_CHECKING:
    import asyncpg


@dataclass(frozen=True, slots=True)
class Versions:
    """What the version table holds."""

    table: QualifiedName | None
    """None where there is none that Alembic would find."""
    revisions: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    """Schemas that have a table of that name which Alembic would not find."""


async def read_versions(connection: asyncpg.Connection, name: str, schema: str | None) -> Versions:
    """Read the version table that Alembic would read.

    Args:
        connection: of which the search path decides where there is no schema.
        name: the version table's.
        schema: that env.py gives it.
    """
    rows = await connection.fetch(load_sql("version_tables"), name)
    found = [row["schema"] for row in rows if (row["schema"] == schema if schema else row["is_visible"])]
    elsewhere = tuple(row["schema"] for row in rows if row["schema"] not in found)
    if not found:
        return Versions(None, (), elsewhere)
    table = QualifiedName(found[0], name)
    # The name comes from the catalog and is quoted.
    revisions = await connection.fetch(f"SELECT version_num FROM {table.sql} ORDER BY version_num")  # noqa: S608
    return Versions(table, tuple(row["version_num"] for row in revisions), elsewhere)
