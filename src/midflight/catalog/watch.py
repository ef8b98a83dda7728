"""Reads again only what changed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from midflight.catalog.read import DATABASE_OID, Identified, assemble, identify, readers_for, reading
from midflight.catalog.reader import Reader, load_sql, units_statement, whole_statement
from midflight.catalog.readers import BUILT_IN_READERS
from midflight.catalog.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import asyncpg
    from asyncpg.prepared_stmt import PreparedStatement

    from midflight.pg.identifiers import QualifiedName

# Above this share of changed units one reading of everything is quicker than to find out what else they touch.
_MANY = 0.25

# PostgreSQL's FirstNormalTransactionId: before it nothing was written, so that at the first look everything is fresh.
_FIRST_TRANSACTION = 3


@dataclass(frozen=True, slots=True)
class _Look:
    """What tells one state of the catalogs from another."""

    digests: Mapping[int, int]
    fresh: frozenset[int]
    far_reaching: int
    horizon: int
    """The oldest transaction that was not over: what it and later ones write was not seen."""

    @classmethod
    def from_record(cls, record: asyncpg.Record) -> _Look:
        return cls(
            digests=dict(zip(record["units"] or (), record["digests"] or (), strict=True)),
            fresh=frozenset(record["fresh"] or ()),
            far_reaching=record["far_reaching"],
            horizon=record["horizon"],
        )

    def changed_since(self, last: _Look) -> set[int]:
        """Return the OIDs of the units that are new, gone or different."""
        return {oid for oid, _ in self.digests.items() ^ last.digests.items()} | self.fresh


@dataclass(frozen=True, slots=True)
class _Statements:
    look: PreparedStatement
    affected: PreparedStatement
    units: PreparedStatement
    whole: PreparedStatement


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read, and the look of the catalogs when it was."""

    look: _Look
    identified: Identified
    snapshot: Snapshot


class CatalogWatch:
    """Holds the last snapshot of a connection's database, and reads what changed since.

    Changes are seen from the versions of the catalogs' rows, so whoever made them and however, once they are committed.
    The connection is the watch's own, outside of any transaction: one that it rolled back could not be seen.
    """

    def __init__(
        self,
        connection: asyncpg.Connection,
        *,
        leave_out: frozenset[QualifiedName] = frozenset(),
        readers: Sequence[Reader] = BUILT_IN_READERS,
    ) -> None:
        """Take what ``read_snapshot`` takes; nothing is read yet."""
        self._connection = connection
        self._leave_out = leave_out
        self._readers = readers_for(connection, readers)
        self._statements: _Statements | None = None
        self._known: _Known | None = None

    async def refresh(self) -> Snapshot:
        """Return the schema as it is now: the last snapshot itself where nothing changed.

        Raises:
            RuntimeError: where the connection is in a transaction.
        """
        if self._connection.is_in_transaction():
            msg = "a CatalogWatch sees committed changes only; its connection must not be in a transaction"
            raise RuntimeError(msg)
        async with reading(self._connection):
            known = await self._look()
        self._known = known
        return known.snapshot

    async def _look(self) -> _Known:
        statements = self._statements = self._statements or await self._prepare()
        known = self._known
        (record,) = await statements.look.fetch(known.look.horizon if known else _FIRST_TRANSACTION)
        look = _Look.from_record(record)
        if known is None or look.far_reaching != known.look.far_reaching:
            return await self._read_whole(statements, look)
        changed = look.changed_since(known.look)
        if len(changed) > _MANY * len(look.digests):
            return await self._read_whole(statements, look)
        return await self._read_units(statements, look, changed, known) if changed else replace(known, look=look)

    async def _prepare(self) -> _Statements:
        prepare = self._connection.prepare
        return _Statements(
            look=await prepare(load_sql("signatures")),
            affected=await prepare(load_sql("affected")),
            units=await prepare(units_statement(self._readers)),
            whole=await prepare(whole_statement(self._readers)),
        )

    async def _read_whole(self, statements: _Statements, look: _Look) -> _Known:
        identified = identify(await statements.whole.fetch(), self._readers, self._leave_out)
        return _Known(look, identified, assemble(identified, self._readers))

    async def _read_units(self, statements: _Statements, look: _Look, changed: Iterable[int], known: _Known) -> _Known:
        affected = await statements.affected.fetchval(list(changed))
        found = identify(await statements.units.fetch(affected), self._readers, self._leave_out)
        identified, units = dict(known.identified), dict(known.snapshot.units)
        for oid in {*affected, DATABASE_OID}:
            for unit in identified.pop(oid, ()):
                del units[unit]
        identified.update(found)
        for of_oid in found.values():
            units.update(of_oid)
        return _Known(look, identified, Snapshot(units, known.snapshot.readers))
