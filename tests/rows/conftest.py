"""What the tests of synthetic rows share: a database that many use one after the other, and a keeper of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import asyncpg
import pytest

from midflight.catalog import CatalogWatch, Snapshot
from midflight.pg.identifiers import QualifiedName
from midflight.rows import Contents, RowKeeper

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Iterator

    from midflight.pg.addresses import Address

VERSION_TABLE = QualifiedName("public", "alembic_version")


class Server(Protocol):
    """What is needed of the server that all tests share."""

    def create_database(self) -> Address: ...

    def drop_database(self, address: Address) -> None: ...


@dataclass(frozen=True, slots=True)
class Stage:
    """A database with a keeper, and another session in which things happen."""

    actor: asyncpg.Connection
    keeper: RowKeeper
    watch: CatalogWatch

    async def look(self) -> Snapshot:
        return await self.watch.refresh()

    async def fill(self, ddl: str = "", *, deleted_from: Collection[QualifiedName] | None = None) -> dict[str, str]:
        """Run some SQL, fill, and return what could not be filled, with the reasons."""
        if ddl:
            await self.actor.execute(ddl)
        unfilled = await self.keeper.fill(await self.look(), deleted_from=deleted_from)
        return {str(found.table): found.reason for found in unfilled}

    async def rows(self, query: str) -> list[dict[str, Any]]:
        return [dict(record) for record in await self.actor.fetch(query)]

    async def values(self, query: str) -> list[Any]:
        """Return a query's single column."""
        return [record[0] for record in await self.actor.fetch(query)]

    async def count(self, table: str) -> int:
        return int(await self.actor.fetchval(f"SELECT count(*) FROM {table}"))

    async def contents(self, *tables: str) -> Contents:
        return await self.keeper.contents(QualifiedName("public", table) for table in tables)

    async def sqlstate(self, statement: str) -> str | None:
        """Run a statement and take it back; return its SQLSTATE where it fails."""
        transaction = self.actor.transaction()
        await transaction.start()
        try:
            await self.actor.execute(statement)
        except asyncpg.PostgresError as error:
            return error.sqlstate
        finally:
            await transaction.rollback()
        return None


@pytest.fixture(scope="module")
def stage_database(shared: Server) -> Iterator[Address]:
    address = shared.create_database()
    yield address
    shared.drop_database(address)


@pytest.fixture
async def stage(stage_database: Address) -> AsyncIterator[Stage]:
    """An empty database."""
    actor = await asyncpg.connect(**stage_database.asyncpg_arguments())
    ours = await asyncpg.connect(**stage_database.asyncpg_arguments())
    reader = await asyncpg.connect(**stage_database.asyncpg_arguments())
    await actor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    try:
        yield Stage(actor, RowKeeper(ours), CatalogWatch(reader, leave_out=frozenset({VERSION_TABLE})))
    finally:
        for connection in (actor, ours, reader):
            await connection.close()
