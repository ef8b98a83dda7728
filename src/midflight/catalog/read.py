"""Reads snapshots: the whole, or the units that are asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeAlias

from midflight.catalog.reader import Reader, whole_statement
from midflight.catalog.readers import BUILT_IN_READERS
from midflight.catalog.snapshot import Attributes, Part, Parts, Snapshot, Unit

if TYPE_CHECKING:
    import asyncpg

    from midflight.pg.identifiers import QualifiedName

DATABASE_OID = 0
"""Under which the objects of the database as a whole are kept; no object has this OID."""

Identified: TypeAlias = Mapping[int, Mapping[Unit, Parts]]
"""What was read, by the OID of the unit: of a relation, type or function one unit; under 0 all of the database's own.
Objects of different catalogs may share an OID, hence the inner mapping."""

# Names in definitions are written with their schema, and nothing waits for a compiler. REPEATABLE READ, as the parts of
# one snapshot must be of one moment.
_SETTINGS = "SET LOCAL search_path = ''; SET LOCAL jit = off; SET LOCAL plan_cache_mode = force_generic_plan"


async def read_snapshot(
    connection: asyncpg.Connection,
    *,
    leave_out: frozenset[QualifiedName] = frozenset(),
    readers: Sequence[Reader] = BUILT_IN_READERS,
) -> Snapshot:
    """Read the whole schema, as this connection sees it: within its transaction, where it is in one.

    Args:
        connection: any role will do, as it reads the system catalogs only. Its session is left as it was.
        leave_out: relations that are no part of the schema, such as Alembic's version table.
        readers: what is read; an extension adds its own to the built-in ones.
    """
    chosen = readers_for(connection, readers)
    async with reading(connection):
        rows = await connection.fetch(whole_statement(chosen))
    return assemble(identify(rows, chosen, leave_out), chosen)


def readers_for(connection: asyncpg.Connection, readers: Sequence[Reader]) -> tuple[Reader, ...]:
    """Choose the readers for this connection's server."""
    major = connection.get_server_version().major
    return tuple(reader for reader in readers if reader.reads(major))


@asynccontextmanager
async def reading(connection: asyncpg.Connection) -> AsyncIterator[None]:
    """Read under settings of our own; they and the transaction, or the savepoint in a transaction, go at the end."""
    if connection.is_in_transaction():
        transaction = connection.transaction()
    else:
        transaction = connection.transaction(isolation="repeatable_read", readonly=True)
    await transaction.start()
    try:
        await connection.execute(_SETTINGS)
        yield
    finally:
        await transaction.rollback()


def identify(
    rows: Iterable[asyncpg.Record], readers: Sequence[Reader], leave_out: frozenset[QualifiedName]
) -> Identified:
    """Sort rows by their units."""
    kinds = [(reader.kind, reader.scope) for reader in readers]
    unwanted = {(name.schema, name.name) for name in leave_out}
    found: dict[int, dict[Unit, dict[Part, Attributes]]] = {}
    for place, oid, schema, name, sub, attributes in rows:
        if (schema, name) in unwanted:
            continue
        kind, scope = kinds[place]
        parts = found.setdefault(oid, {}).setdefault(Unit(scope, schema, name), {})
        parts[Part(kind, sub)] = tuple(attributes)
    return found


def assemble(identified: Identified, readers: Sequence[Reader]) -> Snapshot:
    """Make a snapshot of all that was read."""
    units = {unit: parts for of_oid in identified.values() for unit, parts in of_oid.items()}
    return Snapshot(units, {reader.kind: reader for reader in readers})
