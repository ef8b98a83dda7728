"""What the tables of a ground hold: synthetic rows before each revision, and what of it a downgrade loses."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

import asyncpg

from midflight import sql
from midflight.catalog import tables
from midflight.pg.locks import LockMode
from midflight.rows import Contents, Loss, RowKeeper, Unfilled, fillable_tables, losses
from midflight.sql.changes import TableChange

if TYPE_CHECKING:
    from collections.abc import Iterable

    from midflight.catalog import Snapshot
    from midflight.pg.identifiers import QualifiedName
    from midflight.rows import TableContents
    from midflight.trace.record import TracedStatement

WRITES = LockMode.ROW_EXCLUSIVE
"""Whoever changes a table or its rows holds this lock on it, or a stronger one."""
LOCKED = "another session, which a revision has opened, holds locks"
KEEPS_ROWS = frozenset(
    {"CREATE INDEX", "DROP INDEX", "REINDEX", "CREATE TABLE", "COMMENT", "CREATE TYPE", "CREATE VIEW"}
)
"""Kinds of statements that leave the rows of older tables as they are, whatever they lock."""


class RowsHeld:
    """Synthetic rows in the tables of one database."""

    def __init__(self, connection: asyncpg.Connection, filled: Iterable[int] = ()) -> None:
        """Take a connection of our own, and the tables (OIDs) that were filled by an earlier walk on this database."""
        self._keeper = RowKeeper(connection, filled)
        self._read: dict[QualifiedName, TableContents] = {}
        self._written: set[QualifiedName] | None = None
        self._partitions: frozenset[QualifiedName] = frozenset()
        self.unfilled: tuple[Unfilled, ...] = ()
        """Tables that hold none, since none could be made for them."""
        self.are_there = False
        """Whether there may be any."""

    @property
    def filled(self) -> frozenset[int]:
        """The tables (OIDs) that were given rows."""
        return self._keeper.filled

    async def fill(self, snapshot: Snapshot) -> Contents:
        """Give rows to the tables that have none, and return what all tables hold."""
        names = fillable_tables(snapshot)
        self._partitions = frozenset(tables.table_names(snapshot)).difference(names)
        try:
            self.unfilled = await self._keeper.fill(snapshot, deleted_from=self._written)
            missing = [name for name in names if name not in self._read]
            if missing:
                self._read.update((await self._keeper.contents(missing)).tables)
        except asyncpg.LockNotAvailableError:  # a revision before has left a transaction of its own open
            self.unfilled = tuple(Unfilled(name, LOCKED) for name in names)
        self.are_there = len(names) > len(self.unfilled)
        self._written = set()
        return Contents({name: self._read[name] for name in names if name in self._read})

    async def empty(self) -> None:
        """Take the rows away again, unless another session's locks are in the way."""
        with contextlib.suppress(asyncpg.LockNotAvailableError):
            self._forget(await self._keeper.empty())
            self.are_there = False

    async def empty_concerned(self, statements: Iterable[TracedStatement]) -> bool:
        """Take the rows away from the tables that statements speak of or lock; tell whether there were such tables."""
        names: set[str] = set()
        for statement in statements:
            changes = sql.parse(statement.sql).changes
            names |= {change.table.name for change in changes if isinstance(change, TableChange)}
            names |= {(lock.relation.table or lock.relation.name).name for lock in statement.locks_taken}
        emptied: tuple[QualifiedName, ...] = ()
        with contextlib.suppress(asyncpg.LockNotAvailableError):
            emptied = await self._keeper.empty(names)
        self._forget(emptied)
        return bool(emptied)

    def _forget(self, names: Iterable[QualifiedName]) -> None:
        for name in names:
            self._read.pop(name, None)
            if self._written is not None:
                self._written.add(name)

    def note(self, statements: Iterable[TracedStatement]) -> None:
        """Take note of what statements did: what they may have changed is read anew."""
        statements = [found for found in statements if sql.parse(found.sql).kind not in KEEPS_ROWS]
        changed = {
            lock.relation.table or lock.relation.name
            for statement in statements
            for lock in statement.locks_taken + statement.locks_held  # a lock that is there is not taken again
            if lock.mode >= WRITES
        }
        if changed & self._partitions or any(statement.unobserved for statement in statements):
            changed |= self._read.keys()
        for name in changed:
            self._read.pop(name, None)
        if self._written is not None:
            self._written |= changed

    async def lost_since(self, before: Contents) -> tuple[Loss, ...]:
        """Tell what of the tables' contents is not there any more; only what was noted is looked at."""
        changed = [name for name in before.tables if name not in self._read]
        if not changed:
            return ()
        try:
            now = await self._keeper.contents(changed)
        except asyncpg.LockNotAvailableError:
            return ()  # the next filling says why nobody knows
        self._read.update(now.tables)
        return losses(replace(before, tables={name: before.tables[name] for name in changed}), now)
