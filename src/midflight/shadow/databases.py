"""Throw-away databases on a server: named, made, dropped, and told apart from those of a run that was killed.

Each has a name ``midflight_shadow_<8 hex digits>``; the session that made it holds the advisory lock of that number as
long as it lives. ``pg_locks`` shows the locks of all databases of the server, so any run can tell which names are dead.
https://www.postgresql.org/docs/current/view-pg-locks.html
"""

from __future__ import annotations

import re
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING, TypeAlias

import asyncpg
from asyncpg import Record

from midflight.pg.identifiers import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

Connection: TypeAlias = "asyncpg.Connection[Record]"  # quoted: asyncpg's class takes its parameter in its stubs alone

PREFIX = "midflight_shadow_"
LOCK_CLASS = 0x6D666C74
"""The first half of the locks' keys: "mflt"."""

TRY_LOCK = "SELECT pg_try_advisory_lock($1, $2)"
UNLOCK = "SELECT pg_advisory_unlock($1, $2)"

# Databases that some run has made and that we may drop, living or dead.
NAMES = """
SELECT datname FROM pg_database
WHERE starts_with(datname, $1) AND pg_has_role(datdba, 'USAGE')
ORDER BY datname
"""

# The second halves of the keys that living runs hold. A key of two halves has objsubid 2.
LIVING = """
SELECT objid FROM pg_locks
WHERE locktype = 'advisory' AND objsubid = 2 AND classid = $1 AND granted
"""


async def claim_name(connection: Connection) -> str:
    """Invent a database's name and take its lock, before there is such a database."""
    while True:
        number = secrets.randbits(32)
        if await connection.fetchval(TRY_LOCK, LOCK_CLASS, _signed(number)):
            return f"{PREFIX}{number:08x}"


async def make(connection: Connection, name: str) -> None:
    """Create a database of a claimed name from ``template0``.

    template1 may hold extensions or tables that production lacks, which would hide an error. The server's own encoding
    and locale stay, since its other databases have them.
    """
    await connection.execute(f"CREATE DATABASE {quote_identifier(name)} TEMPLATE template0")


async def drop(connection: Connection, name: str) -> None:
    """Drop a database, whoever is connected to it, and give up its name."""
    await connection.execute(f"DROP DATABASE IF EXISTS {quote_identifier(name)} WITH (FORCE)")
    number = number_of(name)
    if number is not None:
        await connection.fetchval(UNLOCK, LOCK_CLASS, _signed(number))


async def drop_dead(connection: Connection) -> None:
    """Drop what killed runs have left behind. The names are read before the locks: a living run locks first."""
    names = [row["datname"] for row in await connection.fetch(NAMES, PREFIX)]
    living = {row["objid"] for row in await connection.fetch(LIVING, LOCK_CLASS)}
    for name in dead_names(names, living):
        with suppress(asyncpg.PostgresError):  # another run may be dropping it just now
            await connection.execute(f"DROP DATABASE IF EXISTS {quote_identifier(name)} WITH (FORCE)")


def dead_names(names: Iterable[str], living: Collection[int]) -> list[str]:
    """Return the names of ours whose number no living run holds; names of other people's making are left out."""
    return [name for name in names if (number := number_of(name)) is not None and number not in living]


def number_of(name: str) -> int | None:
    """Return the number in a throw-away database's name; None where it is no such name."""
    found = re.fullmatch(PREFIX + r"([0-9a-f]{8})", name)
    return int(found[1], 16) if found else None


def _signed(number: int) -> int:
    return number - 2**32 if number >= 2**31 else number
