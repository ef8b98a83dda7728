"""The connection on which a worker works: with limits, and so that each batch finds its index."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import asyncpg

from midflight.pg.identifiers import quote_identifier
from midflight.runner.live import CONNECT_SECONDS, leave

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from midflight.pg.addresses import Address
    from midflight.settings import Pace

STATEMENT_SECONDS = 10.0
"""What a batch may take before it is halved."""
SHORTEST_LOCK_SECONDS, LONGEST_LOCK_SECONDS = 0.01, 0.5
"""The longest is less than ``deadlock_timeout``, after which PostgreSQL ends one of two, and maybe not us."""
LONGEST_NAME = 63
_SETTINGS: Mapping[str, str] = {
    # A key is written as text in one session and read in another.
    "timezone": "UTC",
    "datestyle": "ISO, YMD",
    "intervalstyle": "postgres",
    "bytea_output": "hex",
    "extra_float_digits": "1",
    # What a role has of its own.
    "default_transaction_isolation": "read committed",
    "default_transaction_read_only": "off",
    # A batch goes along its index, whatever the statistics say of a table that changes under them.
    "enable_seqscan": "off",
    "enable_sort": "off",
    "plan_cache_mode": "force_generic_plan",
    "jit": "off",
    "statement_timeout": f"{STATEMENT_SECONDS:.0f}s",
    "idle_in_transaction_session_timeout": "60s",
    "idle_session_timeout": "0",
    # A worker whose machine has vanished lets go of its rows within half a minute.
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "4",
}
_SET = "SELECT set_config(name, value, false) FROM unnest($1::text[], $2::text[]) AS given (name, value)"


@asynccontextmanager
async def opened(address: Address, role: str | None, pace: Pace) -> AsyncIterator[asyncpg.Connection]:
    """Yield a connection for batches.

    Args:
        address: the database.
        role: to become; None to stay who connects.
        pace: how long a batch waits for a row that somebody holds, while it holds others: no longer than it takes.
    """
    connection: asyncpg.Connection = await asyncpg.connect(
        **address.asyncpg_arguments(),
        timeout=CONNECT_SECONDS,
        server_settings={"application_name": "midflight backfill"},
    )
    try:
        await _prepare(connection, pace)
        if role:
            await connection.execute(f"SET ROLE {quote_identifier(role)}")
        yield connection
    finally:
        await leave(connection)


async def _prepare(connection: asyncpg.Connection, pace: Pace) -> None:
    lock = min(max(pace.batch_seconds, SHORTEST_LOCK_SECONDS), LONGEST_LOCK_SECONDS)
    settings = {**_SETTINGS, "lock_timeout": f"{lock * 1000:.0f}ms"}
    if not pace.synchronous_commit:
        settings["synchronous_commit"] = "off"
    await connection.execute(_SET, list(settings), list(settings.values()))


async def name_after(connection: asyncpg.Connection, backfill: str) -> None:
    """Let ``pg_stat_activity`` show for which backfill a connection works."""
    name = f"midflight backfill {backfill}".encode()[:LONGEST_NAME].decode(errors="ignore")
    await connection.execute("SELECT set_config('application_name', $1, false)", name)
