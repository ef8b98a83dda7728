"""Keeps a few synthetic rows in every table of a database."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import asyncpg

from midflight.catalog import Scope, Snapshot, Unit
from midflight.pg.identifiers import QualifiedName, quote_identifier
from midflight.rows.contents import read_contents
from midflight.rows.emptiness import fillable_tables, find_empty
from midflight.rows.filling import fill_tables
from midflight.rows.sql_files import load_sql

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from midflight.catalog.snapshot import Parts
    from midflight.rows.losses import Contents
    from midflight.rows.unfilled import Unfilled


# What somebody else's lock may take of our time, wherever we look; and nothing waits for a compiler.
_SETTINGS = "SET lock_timeout = '5s'; SET jit = off; SET plan_cache_mode = force_generic_plan"


WITHOUT_TRIGGERS = "SET LOCAL session_replication_role = replica"
"""Neither triggers nor foreign keys look at what follows. A DELETE of a few rows is much quicker than TRUNCATE, which
makes a new file of each table and index."""


REFUSALS = (asyncpg.InsufficientPrivilegeError, asyncpg.IntegrityConstraintViolationError)
"""Who is no superuser may not switch triggers off; a CHECK may forbid that a row refers to nothing."""


@dataclass(frozen=True, slots=True)
class _Given:
    """What the tables of a snapshot are."""

    snapshot: Snapshot
    fillable: tuple[QualifiedName, ...]
    others: Mapping[Unit, Parts]
    """What decides on values, too: types, functions, and the partitions of tables."""


class RowKeeper:
    """Gives the tables of one database synthetic rows, takes them away again, and reads what tables hold.

    The connection is the keeper's own, to a database that holds nothing of worth, outside of any transaction.
    What it raises is trouble with the server; that a table cannot be filled is an answer.
    """

    def __init__(self, connection: asyncpg.Connection, filled: Iterable[int] = ()) -> None:
        """Take the connection, and which tables (OIDs) an earlier keeper has filled; nothing is done yet."""
        self._connection = connection
        self._is_settled = False
        self._given: _Given | None = None
        self._filled = set(filled)
        self._unfilled: dict[int, Unfilled] = {}

    @property
    def filled(self) -> frozenset[int]:
        """The tables (OIDs) that were filled."""
        return frozenset(self._filled)

    async def fill(
        self, snapshot: Snapshot, *, deleted_from: Collection[QualifiedName] | None = None
    ) -> tuple[Unfilled, ...]:
        """Give every table that is empty a few rows, and return those that could not be filled.

        A table that could not be filled is tried again when something about it or beside it has changed.

        Args:
            snapshot: the schema as it is now.
            deleted_from: the tables from which rows may have been deleted since the last time, or None where that is
                not known; a truncated or new table is found anyway. It saves a look into every table.

        Raises:
            asyncpg.PostgresError: where the server, not a table, is the trouble: it is out of disk space, say, or
                another session holds a table locked.
        """
        await self._settle()
        last, given = self._given, _read(snapshot, self._given)
        empty = {table.oid: table.name for table in await find_empty(self._connection, given.fillable, deleted_from)}
        known = self._unfilled
        if empty.keys() != known.keys() or (known and _may_help(known.values(), last, given)):
            known = await fill_tables(self._connection, empty)
            self._filled.update(empty.keys() - known.keys())
        self._given, self._unfilled = given, known
        return tuple(known.values())

    async def empty(self, names: Collection[str] | None = None) -> tuple[QualifiedName, ...]:
        """Remove all rows from the tables that were filled, and from those that must refer to them.

        A row that may refer to nothing stays, and does so then.

        Args:
            names: only of tables that are called so, in any schema; None is all.

        Returns:
            the tables whose rows are others now.
        """
        wanted = None if names is None else list(names)
        found = await self._connection.fetch(load_sql("names"), list(self._filled), wanted)
        tables = [QualifiedName(record["schema"], record["name"]) for record in found]
        if not tables:
            return ()
        if all(record["deletable"] for record in found):
            with contextlib.suppress(*REFUSALS):
                return tuple(tables + await self._delete([record["oid"] for record in found], tables))
        await self._connection.execute(f"TRUNCATE {', '.join(table.sql for table in tables)} CASCADE")
        return fillable_tables(self._given.snapshot) if self._given else tuple(tables)

    async def _delete(self, oids: Sequence[int], tables: Sequence[QualifiedName]) -> list[QualifiedName]:
        """Delete the rows of tables, and return the others that referred to them."""
        found = await self._connection.fetch(load_sql("references"), oids)
        others = [(QualifiedName(record["schema"], record["name"]), record["column"]) for record in found]
        cleared = (f"UPDATE {table.sql} SET {quote_identifier(column)} = NULL;" for table, column in others)  # noqa: S608 -- quoted names
        deleted = (f"DELETE FROM {table.sql};" for table in tables)  # noqa: S608 -- quoted names
        async with self._connection.transaction():
            await self._connection.execute(WITHOUT_TRIGGERS)
            await self._connection.execute("".join([*cleared, *deleted]))
        return [table for table, _ in others]

    async def contents(self, tables: Iterable[QualifiedName]) -> Contents:
        """Read what the columns of these tables hold, as digests; tables that do not exist are left out."""
        await self._settle()
        return await read_contents(self._connection, tables)

    async def _settle(self) -> None:
        if not self._is_settled:
            await self._connection.execute(_SETTINGS)
            self._is_settled = True


def _read(snapshot: Snapshot, last: _Given | None) -> _Given:
    if last is not None and last.snapshot is snapshot:
        return last
    fillable = fillable_tables(snapshot)
    own = {(name.schema, name.name) for name in fillable}
    others = {
        unit: parts
        for unit, parts in snapshot.units.items()
        if unit.scope is not Scope.DATABASE and (unit.schema, unit.name) not in own
    }
    return _Given(snapshot, fillable, others)


def _may_help(unfilled: Iterable[Unfilled], last: _Given | None, given: _Given) -> bool:
    """Tell whether what changed may be what was in the way of a table: the table itself, or what is no table."""
    if last is None or last is given:
        return last is None
    tables = (Unit(Scope.RELATION, found.table.schema, found.table.name) for found in unfilled)
    changed = any(last.snapshot.units.get(unit) != given.snapshot.units.get(unit) for unit in tables)
    return changed or last.others != given.others
