"""One connection under the project's own driver, synchronous or asynchronous, behind one face."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Protocol, TypeVar

from sqlalchemy import Connection, create_engine
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

if TYPE_CHECKING:
    from collections.abc import Callable

    from midflight.bridge.environment import Environment
    from midflight.pg.addresses import Address

T = TypeVar("T")


class Link(Protocol):
    """Runs work on one connection that stays open."""

    def run(self, work: Callable[[Connection], T]) -> T:
        """Run work on the connection."""

    def close(self) -> None:
        """Close it, in whatever state it is."""


class SyncLink:
    """A connection of psycopg2, psycopg or another synchronous driver."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url, poolclass=NullPool)
        self._connection = self._engine.connect()

    def run(self, work: Callable[[Connection], T]) -> T:
        """Run work on the connection."""
        return work(self._connection)

    def close(self) -> None:
        """Close it, in whatever state it is."""
        with contextlib.suppress(Exception):  # it may be broken, which is why it is closed
            self._connection.close()
        self._engine.dispose()


class AsyncLink:
    """A connection of asyncpg or another asynchronous driver, on an event loop of its own."""

    def __init__(self, url: str) -> None:
        self._runner = asyncio.Runner()
        self._engine = create_async_engine(url, poolclass=NullPool)
        self._connection = self._runner.run(self._engine.connect().start())

    def run(self, work: Callable[[Connection], T]) -> T:
        """Run work on the connection, as ``run_sync`` does it."""
        return self._runner.run(self._connection.run_sync(work))

    def close(self) -> None:
        """Close it, in whatever state it is."""
        with contextlib.suppress(Exception):  # it may be broken, which is why it is closed
            self._runner.run(self._connection.close())
        with contextlib.suppress(Exception):
            self._runner.run(self._engine.dispose())
        self._runner.close()


def connect(environment: Environment, address: Address) -> Link:
    """Connect to a database with the project's driver."""
    url = address.url(f"postgresql+{environment.driver}")
    return AsyncLink(url) if environment.is_async else SyncLink(url)
