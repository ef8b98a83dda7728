"""The ground on which a history is walked: a database on the shadow, watched, with its catalog known."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg

from midflight.catalog import CatalogWatch, Snapshot
from midflight.checks.absence import explain_absence
from midflight.checks.rows_held import RowsHeld
from midflight.checks.sql_text import read_script
from midflight.errors import BaselineError, DatabaseError, SqlFileError
from midflight.pg.addresses import Address
from midflight.pg.identifiers import QualifiedName, quote_identifier
from midflight.trace.tracer import Tracer, trace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from midflight.checks.request import Conditions
    from midflight.shadow.shadow import ServerFacts, Shadow


LOSSES = (
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # where it goes away between the messages of one answer
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    OSError,
)
"""What a connection of our own raises when the server goes away."""


INSUFFICIENT_RESOURCES = "53"
"""The class of SQLSTATEs that say nothing about a revision but about the server.
https://www.postgresql.org/docs/current/errcodes-appendix.html"""

_LACKS = {"53100": "its disk is full", "53200": "it is out of memory", "53300": "it has no connection left"}


def cannot_go_on(facts: ServerFacts, sqlstate: str | None, message: str) -> DatabaseError:
    """Say that the server lacks what it needs, in words: PostgreSQL's own may be those of a single write."""
    return DatabaseError(f"{facts.where} cannot go on, {_LACKS.get(sqlstate or '', 'it lacks a resource')}: {message}")


_ROLES_OF_REVISIONS = """
SELECT rolname FROM pg_catalog.pg_roles
WHERE rolname NOT LIKE 'pg\\_%' AND rolname <> current_user AND rolname <> ALL($1::text[])
ORDER BY rolname
"""


class Ground:
    """One throw-away database: the way to it along which all is seen, and its catalog as it was last read."""

    def __init__(
        self, address: Address, tracer: Tracer, catalog: CatalogWatch, snapshot: Snapshot, rows: RowsHeld
    ) -> None:
        self.address = address
        self.tracer = tracer
        self._catalog = catalog
        self.snapshot = snapshot
        self.rows = rows

    async def look(self) -> Snapshot:
        """Read what has changed in the catalog; ``snapshot`` is then up to date."""
        self.snapshot = await self._catalog.refresh()
        return self.snapshot

    def cut_off(self) -> None:
        """End whatever runs on this database through the watched way."""
        self.tracer.hang_up()


@contextlib.asynccontextmanager
async def prepare_ground(
    shadow: Shadow, address: Address, leave_out: frozenset[QualifiedName], filled: Iterable[int] = ()
) -> AsyncIterator[Ground]:
    """Stand in front of a database of the shadow and learn its catalog, but for the tables to leave out.

    Args:
        shadow: the server.
        address: the database.
        leave_out: tables that are no part of the schema.
        filled: tables (OIDs) to which an earlier walk on this database has given rows.
    """
    # Beside the socket of a server of our own, it is cleared away with that, even after a SIGKILL.
    folder = None if shadow.facts.origin == "given" else Path(address.host)
    async with trace(address, folder=folder) as tracer:
        connection: asyncpg.Connection = await asyncpg.connect(**address.asyncpg_arguments())
        keeper: asyncpg.Connection = await asyncpg.connect(**address.asyncpg_arguments())
        try:
            catalog = CatalogWatch(connection, leave_out=leave_out)
            yield Ground(address, tracer, catalog, await catalog.refresh(), RowsHeld(keeper, filled))
        finally:
            await keeper.close()
            await connection.close()


async def lay_roles(conditions: Conditions, shadow: Shadow) -> None:
    """Give a server of our own the roles that revisions speak of; a server that is not ours keeps its own."""
    if isinstance(conditions.choice.where, Address) or not conditions.roles:
        return
    connection: asyncpg.Connection = await asyncpg.connect(**shadow.address.asyncpg_arguments())
    try:
        for role in conditions.roles:
            await connection.execute(f"CREATE ROLE {quote_identifier(role)}")
    finally:
        await connection.close()


async def drop_roles_of_revisions(conditions: Conditions, shadow: Shadow) -> None:
    """Drop the roles that revisions made on a server of our own: they would outlive the database, and collide."""
    if shadow.facts.origin == "given":
        return
    connection: asyncpg.Connection = await asyncpg.connect(**shadow.address.asyncpg_arguments())
    try:
        for row in await connection.fetch(_ROLES_OF_REVISIONS, list(conditions.roles)):
            await connection.execute(f"DROP ROLE {quote_identifier(row['rolname'])}")
    finally:
        await connection.close()


async def lay_sql(file: Path, address: Address, facts: ServerFacts) -> None:
    """Run a SQL file as a baseline, such as ``pg_dump --schema-only`` writes.

    Raises:
        BaselineError: naming the file, the line and PostgreSQL's message.
    """
    try:
        script = read_script(file)
    except SqlFileError as error:
        raise BaselineError(f"baseline {error}") from error
    connection: asyncpg.Connection = await asyncpg.connect(**address.asyncpg_arguments())
    try:
        for piece in script.pieces:
            try:
                await connection.execute(piece.text)
            except asyncpg.PostgresError as error:
                hint = explain_absence(str(error), facts)
                raise BaselineError(f"baseline {file}, line {piece.line}: {error}", hint=hint) from error
    except LOSSES as error:
        raise DatabaseError(f"baseline {file}: the shadow went away: {error}") from error
    finally:
        await connection.close()
