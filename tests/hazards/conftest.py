"""What examples need beside an empty database."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import asyncpg
import pytest

if TYPE_CHECKING:
    from midflight.pg.addresses import Address


@pytest.fixture
def archive(server: Address) -> None:
    """A tablespace of that name: it belongs to a server, and goes with it."""

    async def create() -> None:
        connection = await asyncpg.connect(**server.asyncpg_arguments())
        try:
            await connection.execute("SET allow_in_place_tablespaces = on")
            if not await connection.fetchval("SELECT 1 FROM pg_tablespace WHERE spcname = 'archive'"):
                await connection.execute("CREATE TABLESPACE archive LOCATION ''")
        finally:
            await connection.close()

    asyncio.run(create())
