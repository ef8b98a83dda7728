"""The application's instances tell for which revisions they were built: no contract takes away what they need."""

from __future__ import annotations

import os
import socket
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import asyncpg

from midflight.phases.sql_files import load_sql

if TYPE_CHECKING:
    from collections.abc import Sequence

LIVE_SECONDS = 60.0
"""An instance that has been silent for longer is gone."""
HEARTBEAT_SECONDS = 15.0
"""How often an instance should tell of itself: three may be lost."""
_SEEN = "UPDATE midflight.instance SET seen_at = clock_timestamp() WHERE id = $1"
_GONE = "DELETE FROM midflight.instance WHERE id = $1"


@dataclass(frozen=True, slots=True)
class Instance:
    """One process of the application."""

    application: str
    revisions: tuple[str, ...]
    """The heads of the history that it was built with; several where that has several."""
    version: str | None = None
    """The application's own; people read it."""
    host: str = field(default_factory=socket.gethostname)
    process: int = field(default_factory=os.getpid)
    id: uuid.UUID = field(default_factory=uuid.uuid4)


async def register(connection: asyncpg.Connection, instance: Instance) -> bool:
    """Tell that an instance is alive, before it does anything else with the database.

    Args:
        connection: in no transaction: what it tells must be seen at once.
        instance: itself.

    Returns:
        Whether there is a table to tell it in. Without one no contract is under way; ask again at the next heartbeat.

    Raises:
        asyncpg.PostgresError: where the server refuses, such as a role that may not write ``midflight.instance``.
    """
    values: Sequence[object] = (instance.application, instance.version, list(instance.revisions))
    try:
        await connection.execute(load_sql("register"), instance.id, *values, instance.host, instance.process)
    except asyncpg.UndefinedTableError:
        return False
    return True


async def heartbeat(connection: asyncpg.Connection, instance: Instance) -> bool:
    """Tell that it is still alive, every ``HEARTBEAT_SECONDS``; registers it anew where it was forgotten.

    Returns and raises as ``register`` does.
    """
    try:
        done = await connection.execute(_SEEN, instance.id)
    except asyncpg.UndefinedTableError:
        return False
    return True if done != "UPDATE 0" else await register(connection, instance)


async def leave(connection: asyncpg.Connection, instance: Instance) -> None:
    """Tell that it ends: nothing has to wait for it any more."""
    try:
        await connection.execute(_GONE, instance.id)
    except asyncpg.UndefinedTableError:
        return
