"""Keeps a few synthetic rows in every table of a database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.rows.contents import read_contents
from midflight.rows.emptiness import fillable_tables, find_empty
from midflight.rows.filling import fill_tables
from midflight.rows.sql_files import load_sql

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    import asyncpg

    from midflight.catalog import Snapshot
    from midflight.pg.identifiers import QualifiedName
    from midflight.rows.losses import Contents
    from midflight.rows.unfilled import Unfilled


class RowKeeper:
    """Gives the tables of one database synthetic rows, takes them away again, and reads what tables hold.

    The connection is the keeper's own, to a database that holds nothing of worth, outside of any transaction.
    What it raises is trouble with the server; that a table cannot be filled is an answer.
    """

    def __init__(self, connection: asyncpg.Connection) -> None:
        """Take the connection; nothing is done yet."""
        self._connection = connection
        self._filled: set[int] = set()

    async def fill(
        self, snapshot: Snapshot, *, deleted_from: Collection[QualifiedName] | None = None
    ) -> tuple[Unfilled, ...]:
        """Give every table that is empty ``ROWS`` rows, and return those that could not be filled.

        Args:
            snapshot: the schema as it is now.
            deleted_from: the tables from which rows may have been deleted since the last time, or None where that is
                not known; a truncated or new table is found anyway. It saves a look into every table.
        """
        empty = await find_empty(self._connection, fillable_tables(snapshot), deleted_from)
        if not empty:
            return ()
        unfilled = await fill_tables(self._connection, [table.oid for table in empty], ())
        self._filled.update(table.oid for table in empty if table.oid not in unfilled)
        return tuple(unfilled.values())

    async def empty(self) -> None:
        """Remove all rows from the tables that were filled, and from those that refer to them."""
        names = await self._connection.fetch(load_sql("names"), list(self._filled))
        if names:
            await self._connection.execute(f"TRUNCATE {', '.join(record['name'] for record in names)} CASCADE")

    async def contents(self, tables: Iterable[QualifiedName]) -> Contents:
        """Read what the columns of these tables hold, as digests; tables that do not exist are left out."""
        return await read_contents(self._connection, tables)
