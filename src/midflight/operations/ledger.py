"""The tables in which a backfill is registered: made before the first one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.operations.one_block import in_one_block
from midflight.operations.sql_files import load_sql
from midflight.operations.step import Step
from midflight.sql.names import Name

if TYPE_CHECKING:
    from midflight.operations.state import State

SCHEMA = "midflight"
LAST_TABLE = Name(SCHEMA, "instance")
"""The table that is made last: where it is, all are."""


def ledger_statements() -> tuple[str, ...]:
    """Return the statements that make the tables where they are not there yet, the schema aside."""
    pieces = load_sql("ledger").split(";\n")
    return tuple(piece.strip() for piece in pieces if piece.strip())


def ledger_steps() -> tuple[Step, ...]:
    """Make the schema and its tables, in the revision's own transaction; ``asks`` must name ``LAST_TABLE``."""
    schema = f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"
    return (
        Step(says=f"make the schema {SCHEMA}", sql=schema, done=lambda now: now.has_own_schema),
        Step(says="make the ledger of backfills", sql=in_one_block(ledger_statements()), done=_is_there),
    )


def _is_there(state: State) -> bool:
    return state.relation(LAST_TABLE) is not None
