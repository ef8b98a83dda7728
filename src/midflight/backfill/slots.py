"""How many may work on backfills at once, held in PostgreSQL: a queue that delivers a message twice adds nobody."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg

from midflight.backfill.sql_files import load_sql
from midflight.runner.live import CONNECT_SECONDS, leave, told

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from midflight.pg.addresses import Address

_SETTINGS = {
    "application_name": "midflight backfill slot",
    "idle_session_timeout": "0",
    # The place of a machine that has vanished is free again within about half a minute.
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "4",
}
_SLOT, _WORK_LEFT = load_sql("slot"), load_sql("work_left")


@asynccontextmanager
async def slot(address: Address, slots: int) -> AsyncIterator[Slot | None]:
    """Hold one of so many places while the block runs; None where all are taken.

    Raises:
        DatabaseError: where the database cannot be reached or refuses.
    """
    with told(address):
        connection = await asyncpg.connect(
            **address.asyncpg_arguments(), timeout=CONNECT_SECONDS, statement_cache_size=0, server_settings=_SETTINGS
        )
    try:
        with told(address):
            place = await connection.fetchval(_SLOT, slots)
        yield None if place is None else Slot(address, connection)
    finally:
        await leave(connection)


class Slot:
    """One place, on a connection that holds it."""

    def __init__(self, address: Address, connection: asyncpg.Connection) -> None:
        """Take the database and the connection."""
        self._address = address
        self._connection = connection

    async def has_work(self, name: str | None) -> bool:
        """Tell whether the backfill of that name, or any, has something left to do.

        Raises:
            DatabaseError: where the ledger cannot be read.
        """
        with told(self._address):
            if await self._connection.fetchval("SELECT to_regclass('midflight.backfill') IS NULL"):
                return False
            left: bool = await self._connection.fetchval(_WORK_LEFT, name)
            return left
