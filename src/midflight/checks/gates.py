"""The gates of pending contract revisions in a live database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.bridge.phases import history_of
from midflight.phases.gates import Gate, shut_gates
from midflight.phases.reading import read_facts
from midflight.runner.live import looking

if TYPE_CHECKING:
    from collections.abc import Collection

    from midflight.bridge.project import Revision
    from midflight.pg.addresses import Address


async def gates_of(database: Address, revisions: tuple[Revision, ...], pending: Collection[str]) -> tuple[Gate, ...]:
    """Return the gates that are shut at this moment; the database is only read.

    Args:
        database: where the revisions are to be applied.
        revisions: the whole history.
        pending: the ids of those that the database has not got yet.

    Raises:
        DatabaseError: where it cannot be read.
    """
    history = history_of(revisions)
    contracts = history.contracts(revision.id for revision in revisions if revision.id in pending)
    if not contracts:
        return ()
    async with looking(database) as connection:
        facts = await read_facts(connection)
    return tuple(gate for contract in contracts for gate in shut_gates(contract, history, facts))
