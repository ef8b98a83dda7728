"""The same work without Midflight: ``python -m bench.backfill.rivals statement|loop URL``.

``statement`` is one UPDATE of all rows, in one transaction. ``loop`` is what people write in its place: it goes over
the primary key, 5,000 rows at a time. It prints how many seconds the work took, without the program's start.
"""

from __future__ import annotations

import asyncio
import sys
import time
from typing import TYPE_CHECKING

from bench.stall.database import connected

from midflight.pg.addresses import Address

if TYPE_CHECKING:
    from midflight.shadow.databases import Connection

BATCH_ROWS = 5_000
STATEMENT = "UPDATE orders SET total_cents = round(total * 100) WHERE total_cents IS NULL"
KEYS = "SELECT max(id) FROM (SELECT id FROM orders WHERE id > $1 ORDER BY id LIMIT $2) AS batch"
BATCH = f"{STATEMENT} AND id > $1 AND id <= $2"


async def main() -> None:
    """Do it in one of the two ways."""
    way, url = sys.argv[1:]
    async with connected(Address.from_url(url)) as connection:
        began = time.monotonic()
        await {"statement": _statement, "loop": _loop}[way](connection)
        print(time.monotonic() - began)


async def _statement(connection: Connection) -> None:
    await connection.execute(STATEMENT)


async def _loop(connection: Connection) -> None:
    last = 0
    while (next_ := await connection.fetchval(KEYS, last, BATCH_ROWS)) is not None:
        await connection.execute(BATCH, last, next_)
        last = next_


if __name__ == "__main__":
    asyncio.run(main())
