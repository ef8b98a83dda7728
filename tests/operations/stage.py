"""Databases for many small tests on one server: each is a clone of a template, which a text of SQL has filled."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import asyncpg

from midflight import sql
from midflight.catalog import read_snapshot
from midflight.pg.identifiers import QualifiedName, quote_identifier

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping

    from midflight.pg.addresses import Address
    from midflight.shadow.shadow import Shadow

Answer = TypeVar("Answer")


class Thread(Protocol):
    """Where the server's connections live."""

    def call(self, work: Coroutine[Any, Any, Answer]) -> Answer: ...


class Server(Protocol):
    """What is needed of the server that all tests share."""

    @property
    def shadow(self) -> Shadow: ...

    @property
    def thread(self) -> Thread: ...


VERSION_TABLE = QualifiedName("public", "alembic_version")


@dataclass(slots=True)
class Stage:
    """One server, its templates and clones."""

    thread: Thread
    address: Address
    """Of the database from which others are made."""
    major: int
    connection: asyncpg.Connection
    templates: dict[str, str] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)

    def clone(self, setup: str) -> Address:
        """Return a new database in which a text of SQL has run; its tables are analyzed."""
        return self.thread.call(self._clone(setup))

    def drop(self, address: Address) -> None:
        """Drop a clone."""
        self.thread.call(self._drop(address.database))

    def close(self) -> None:
        """Drop all that was made."""
        for name in list(self.made):
            self.thread.call(self._drop(name))
        self.thread.call(self.connection.close())

    def snapshot(self, address: Address) -> Mapping[Any, Any]:
        """Return the whole schema, without what Alembic and Midflight keep for themselves."""
        return self.thread.call(_snapshot(address))

    def value(self, address: Address, query: str) -> object:
        """Return the one value of a query."""
        return self.thread.call(_value(address, query))

    def send(self, address: Address, script: str) -> None:
        """Send each statement of a script by itself, as psql does."""
        self.thread.call(_send(address, script))

    async def _clone(self, setup: str) -> Address:
        if setup not in self.templates:
            template = await self._make("template0")
            await _send(self.address.with_database(template), f"{setup};\nANALYZE")
            self.templates[setup] = template
        return self.address.with_database(await self._make(self.templates[setup]))

    async def _make(self, template: str) -> str:
        name = f"operations_{secrets.token_hex(6)}"
        await self.connection.execute(f"CREATE DATABASE {quote_identifier(name)} TEMPLATE {quote_identifier(template)}")
        self.made.append(name)
        return name

    async def _drop(self, name: str) -> None:
        await self.connection.execute(f"DROP DATABASE {quote_identifier(name)} WITH (FORCE)")
        self.made.remove(name)


async def open_stage(thread: Thread, address: Address) -> Stage:
    connection = await asyncpg.connect(**address.asyncpg_arguments())
    return Stage(thread, address, connection.get_server_version().major, connection)


async def _snapshot(address: Address) -> Mapping[Any, Any]:
    connection = await asyncpg.connect(**address.asyncpg_arguments())
    try:
        snapshot = await read_snapshot(connection, leave_out=frozenset({VERSION_TABLE}))
    finally:
        await connection.close()
    return {unit: parts for unit, parts in snapshot.units.items() if "midflight" not in {unit.schema, unit.name}}


async def _value(address: Address, query: str) -> object:
    connection = await asyncpg.connect(**address.asyncpg_arguments())
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def _send(address: Address, script: str) -> None:
    connection = await asyncpg.connect(**address.asyncpg_arguments())
    try:
        for piece in sql.split(script):
            await connection.execute(piece.text)
    finally:
        await connection.close()
