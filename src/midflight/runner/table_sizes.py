"""How large tables are in a live database, by its own statistics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from midflight.runner.sql_files import load_sql

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import asyncpg

    from midflight.pg.identifiers import QualifiedName


@dataclass(frozen=True, slots=True)
class TableSize:
    """A table, a partitioned table with its partitions, or a materialized view."""

    rows: int | None
    """As of its last VACUUM or ANALYZE (``pg_class.reltuples``); None where there was none yet."""
    table_bytes: int
    """With its TOAST table."""
    index_bytes: int
    analyzed: datetime | None
    """When its statistics were last gathered; None where never."""

    @property
    def total_bytes(self) -> int:
        """As ``pg_total_relation_size``."""
        return self.table_bytes + self.index_bytes


async def read_sizes(connection: asyncpg.Connection, tables: Sequence[QualifiedName]) -> dict[QualifiedName, TableSize]:
    """Read the sizes of tables; those that are not there are left out."""
    names = [table.schema for table in tables], [table.name for table in tables]
    rows = await connection.fetch(load_sql("table_sizes"), *names)
    return {
        tables[row["place"] - 1]: TableSize(row["rows"], row["table_bytes"], row["index_bytes"], row["analyzed"])
        for row in rows
    }
