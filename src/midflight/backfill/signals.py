"""Reads what a backfill has to mind, on a connection of its own. What the role may not see counts as unknown."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import asyncpg

from midflight.backfill.own_brake import ask, load_brake
from midflight.backfill.pace import Signals
from midflight.backfill.probe import Probe
from midflight.backfill.sql_files import load_sql
from midflight.sql.names import Name

if TYPE_CHECKING:
    from midflight.settings import Pace

SETTINGS = {
    "application_name": "midflight backfill signals",
    "statement_timeout": "1s",
    "lock_timeout": "50ms",
    "idle_session_timeout": "0",
}
"""Of the connection: a look never stands in a queue for long."""
WAITING_SECONDS = 0.1
"""A query that has been waiting for less has no reason to complain of a backfill."""
_REPLICATION, _WAITING, _WAL, _OLDEST, _DEAD_ROWS, _TREE = map(
    load_sql, ("replication", "waiting", "wal", "oldest", "dead_rows", "tree")
)


class SignalReader:
    """Looks at one table and its server; a signal without a limit is not read."""

    def __init__(self, connection: asyncpg.Connection, pace: Pace, tables: list[asyncpg.Record]) -> None:
        """Take the connection and the tables that there are, as ``tree.sql`` tells them; see ``open``."""
        self._connection = connection
        self._pace = pace
        self._oids = [table["oid"] for table in tables]
        largest = tables[0] if tables else None
        self._probe = Probe(connection, Name(largest["schema"], largest["name"]), largest["pages"]) if largest else None
        self._wal: tuple[float, float] | None = None
        self._brake = load_brake(pace.brake) if pace.brake else None

    @classmethod
    async def open(cls, connection: asyncpg.Connection, table: Name, pace: Pace) -> SignalReader:
        """Find the table with its partitions.

        Raises:
            SettingsError: where the user's own brake cannot be imported.
            asyncpg.PostgresError: where PostgreSQL refuses.
        """
        return cls(connection, pace, await connection.fetch(_TREE, table.sql))

    async def read(self) -> Signals:
        """Look once.

        Raises:
            asyncpg.PostgresError, asyncpg.InterfaceError, OSError: where the connection is gone.
        """
        lag, behind = await self._replication()
        return Signals(
            replication_lag=lag,
            replication_bytes=behind,
            waiting_queries=await self._one("waiting_queries", _WAITING, self._oids, WAITING_SECONDS),
            wal_rate=await self._wal_rate(),
            oldest_transaction=await self._one("oldest_transaction", _OLDEST),
            dead_rows=await self._one("dead_rows", _DEAD_ROWS, self._oids),
            probe_latency=await self._latency(),
            brake=await ask(self._brake) if self._brake else 0.0,
        )

    async def _replication(self) -> tuple[float | None, float | None]:
        if not (self._has_limit("replication_lag") or self._has_limit("replication_bytes")):
            return None, None
        row = await self._row(_REPLICATION, list(self._pace.ignored_standbys))
        return (row["seconds"], row["bytes"]) if row else (None, None)

    async def _wal_rate(self) -> float | None:
        row = await self._row(_WAL) if self._has_limit("wal_rate") else None
        if row is None:
            return None
        before, self._wal = self._wal, (row["bytes"], row["at"])
        if before is None or row["at"] <= before[1]:
            return None
        return float((row["bytes"] - before[0]) / (row["at"] - before[1]))

    async def _latency(self) -> float | None:
        if self._probe is None or not self._has_limit("probe_latency"):
            return None
        try:
            return await self._probe.look()
        except asyncpg.PostgresError:
            if self._connection.is_closed():
                raise
            return None

    async def _one(self, name: str, query: str, *values: Any) -> float | None:  # noqa: ANN401 - as asyncpg has it
        row = await self._row(query, *values) if self._has_limit(name) else None
        return row[0] if row else None

    async def _row(self, query: str, *values: Any) -> asyncpg.Record | None:  # noqa: ANN401 - as asyncpg has it
        try:
            return await self._connection.fetchrow(query, *values)
        except asyncpg.PostgresError:
            if self._connection.is_closed():
                raise
            return None

    def _has_limit(self, name: str) -> bool:
        return math.isfinite(getattr(self._pace, name))
