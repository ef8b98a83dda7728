"""The shadow as the rest of Midflight sees it: what it is, and throw-away databases on it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import asyncpg

from midflight.errors import ShadowError
from midflight.shadow import databases

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from midflight.pg.addresses import Address
    from midflight.pg.versions import Version
    from midflight.shadow.databases import Connection


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """Which server it is."""

    version: Version
    origin: Literal["machine", "embedded", "given"]
    where: str
    """For a person, such as ``PostgreSQL 15.19 of this machine (/usr/lib/postgresql/15/bin)``."""


REFUSALS = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError)


class Shadow:
    """A running server and its throw-away databases, the first of which is ``address``."""

    def __init__(
        self, facts: ServerFacts, maintenance: Address, connection: Connection, *, continues: bool = False
    ) -> None:
        self.facts = facts
        self.continues = continues
        """Whether it is a server of our own that goes on from the data directory that was asked for."""
        self.hand_over: Callable[[Path], Awaitable[None]] | None = None
        """Takes the data directory of a server of our own, once it has stopped in order. Set while it runs, where its
        state is to be kept."""
        self.address = maintenance
        self._maintenance = maintenance
        self._connection = connection
        self._one_at_a_time = asyncio.Lock()  # a connection runs one statement at a time
        self._names: list[str] = []

    async def create_database(self) -> Address:
        """Create one more database and return its address.

        Raises:
            ShadowError: where the server refuses.
        """
        async with self._one_at_a_time:
            try:
                name = await databases.claim_name(self._connection)
                self._names.append(name)  # before it is made: a cancelled CREATE DATABASE may have happened
                await databases.make(self._connection, name)
            except asyncpg.InsufficientPrivilegeError:
                msg = f"{self._maintenance.user} may not create a database on {self.facts.where}"
                raise ShadowError(msg, hint="ALTER ROLE ... CREATEDB allows it") from None
            except REFUSALS as error:
                msg = f"no database could be created on {self.facts.where}: {error}"
                raise ShadowError(msg) from None
        return self._maintenance.with_database(name)

    def adopt(self, name: str) -> Address:
        """Take a database over that is there already, and return its address."""
        self._names.append(name)
        return self._maintenance.with_database(name)

    async def drop_database(self, address: Address) -> None:
        """Drop a database that ``create_database`` made, whoever is connected to it."""
        async with self._one_at_a_time:
            await self._drop(address.database)

    async def drop_all(self) -> None:
        """Drop every database that is left."""
        async with self._one_at_a_time:
            for name in list(self._names):
                await self._drop(name)

    async def open_first(self) -> None:
        """Create the database that ``address`` names."""
        self.address = await self.create_database()

    async def _drop(self, name: str) -> None:
        try:
            await databases.drop(self._connection, name)
        except REFUSALS:  # the session may have been ended meanwhile: once more from a new one
            await self._drop_anew(name)
        self._names.remove(name)

    async def _drop_anew(self, name: str) -> None:
        try:
            connection = await asyncpg.connect(**self._maintenance.asyncpg_arguments())
            try:
                await databases.drop(connection, name)
            finally:
                connection.terminate()
        except REFUSALS as error:
            msg = f"the throw-away database {name} could not be dropped on {self.facts.where}: {error}"
            raise ShadowError(msg, hint="the next check on that server tries again") from None
