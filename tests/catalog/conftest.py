"""What the tests of the catalog share."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Protocol

import asyncpg
import pytest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from midflight.pg.addresses import Address

RESET = """
DROP SCHEMA public CASCADE;
CREATE SCHEMA public;
DROP SCHEMA IF EXISTS shop;
DROP PUBLICATION IF EXISTS p;
"""


class Server(Protocol):
    """What is needed of the server that all tests share."""

    def create_database(self) -> Address: ...

    def drop_database(self, address: Address) -> None: ...


@pytest.fixture
async def connection(database: Address) -> AsyncIterator[asyncpg.Connection]:
    """A connection of the superuser to a fresh database."""
    connected = await asyncpg.connect(**database.asyncpg_arguments())
    yield connected
    await connected.close()


@pytest.fixture(scope="module")
def stage_database(shared: Server) -> Iterator[Address]:
    address = shared.create_database()
    yield address
    shared.drop_database(address)


@pytest.fixture
async def stage(stage_database: Address) -> AsyncIterator[asyncpg.Connection]:
    """A connection to a database that many small tests share, one after the other; each finds it empty."""
    connected = await asyncpg.connect(**stage_database.asyncpg_arguments())
    await connected.execute(RESET)
    yield connected
    await connected.execute(RESET)
    await connected.close()


@pytest.fixture
async def role(stage: asyncpg.Connection) -> AsyncIterator[str]:
    """A role without rights; its name sorts behind the superuser's."""
    name = f"zz_{secrets.token_hex(6)}"
    await stage.execute(f"CREATE ROLE {name}")
    yield name
    await stage.execute(f"DROP OWNED BY {name} CASCADE; DROP ROLE {name}")
