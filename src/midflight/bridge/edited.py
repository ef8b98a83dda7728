"""Which revisions were edited after they were applied: the journal holds the hash of each file as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg

from midflight.pg.identifiers import QualifiedName
from midflight.runner.journal import APPLIED, THERE, file_hash
from midflight.runner.live import looking

if TYPE_CHECKING:
    from midflight.bridge.environment import Environment
    from midflight.bridge.project import Revision
    from midflight.pg.addresses import Address


async def edited(environment: Environment, history: tuple[Revision, ...], address: Address) -> tuple[Revision, ...]:
    """Return the revisions that a database has in another form; none where it has no journal.

    Raises:
        DatabaseError: where it cannot be read.
    """
    async with looking(address) as connection:
        if not await connection.fetchval(THERE):
            return ()
        try:
            table = environment.version_table
            if not environment.options.get("version_table_schema"):
                table = QualifiedName(await connection.fetchval("SELECT current_schema()") or "public", table.name)
            rows = await connection.fetch(APPLIED, str(table))
        except asyncpg.InsufficientPrivilegeError:
            return ()  # whoever may only read the application's tables cannot know
    return changed(history, {revision: hash_ for revision, direction, hash_ in rows if direction == "upgrade"})


def changed(history: tuple[Revision, ...], applied: dict[str, str]) -> tuple[Revision, ...]:
    """Return the revisions whose files are not as they were applied."""
    return tuple(one for one in history if one.id in applied and file_hash(one.path) != applied[one.id])
