"""What the journal tells of the past; it is only read here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from midflight.runner.sql_files import load_sql

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    import asyncpg


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One revision that was begun."""

    revision: str
    direction: str
    """``upgrade`` or ``downgrade``."""
    state: str
    """``started``, ``done``, ``skipped``, ``retried`` or ``failed``."""
    started_at: datetime
    finished_at: datetime | None
    waited: float
    """Seconds for which it waited for locks."""
    tries: int
    operator: str
    midflight_version: str
    note: str | None = None
    """Which gates were ignored when it was applied; None where none were."""


@dataclass(frozen=True, slots=True)
class JournalPast:
    """The end of the journal, and what was applied."""

    entries: tuple[JournalEntry, ...] = ()
    """The newest first."""
    hashes: Mapping[str, str] | None = None
    """Of each applied revision's file, as it was when it was applied; None where there is no journal to read."""


async def read_journal(connection: asyncpg.Connection, version_table: str | None, *, last: int) -> JournalPast:
    """Read the journal's last entries; nothing where there is no journal that we may read.

    Args:
        connection: to the database.
        version_table: whose entries, as the journal names it; None is everybody's.
        last: how many.
    """
    if not await connection.fetchval(load_sql("journal_is_readable")):
        return JournalPast()
    entries = await connection.fetch(load_sql("journal_entries"), last, version_table)
    hashes = await connection.fetch(load_sql("applied_hashes"), version_table)
    return JournalPast(
        tuple(JournalEntry(**entry) for entry in entries), {row["revision"]: row["hash"] for row in hashes}
    )
