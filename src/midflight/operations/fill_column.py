"""The default of a new column for the rows that were there before it, a few blocks at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.operations.step import Mode, Step, Work
from midflight.pg.identifiers import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Callable

    from midflight.operations.state import State
    from midflight.sql.names import Name

MOVED_AT_ONCE = 1000
"""So few rows are locked at a time, each for some milliseconds."""
_SKIPPING = " FOR NO KEY UPDATE SKIP LOCKED"


def filling(table: Name, column: str, state: State, done: Callable[[State], bool]) -> tuple[Step, ...]:
    """Give each row that has none its value, in batches that never wait for a row while they hold others: no deadlock.

    Rows that somebody holds are left out first. A row that is updated meanwhile may go to a block that is behind us
    already, with its NULL. So the table is looked at again until none is left, and then once more, where the few rows
    that are still held are waited for. A script has one batch, which waits for all.
    """
    leaves = [leaf.name for leaf in state.leaves(table)] if state.is_partitioned(table) else [table]
    steps: list[Step] = []
    for leaf in leaves:
        says = f"fill {column} of {leaf}"
        steps.append(_batches(says, _blocks(leaf, column, waiting=not state.known), leaf, done))
        if state.known:
            steps.append(_batches(f"{says}: rows that were moved or held", _left(leaf, column), leaf, done))
            steps.append(_held(f"{says}: rows that are still held", leaf, column, done))
    return tuple(steps)


def _blocks(table: Name, column: str, *, waiting: bool) -> str:
    null, blocks = f"{quote_identifier(column)} IS NULL", "ctid >= :first AND ctid < :last"
    rows = f"(SELECT ctid FROM {table.sql} WHERE {blocks} AND {null}{_SKIPPING})"  # noqa: S608 - quoted names alone
    which = null if waiting else f"ctid IN {rows}"
    return f"UPDATE {table.sql} SET {quote_identifier(column)} = DEFAULT WHERE {blocks} AND {which}"  # noqa: S608 - likewise


def _left(table: Name, column: str) -> str:
    quoted = quote_identifier(column)
    rows = f"SELECT ctid FROM {table.sql} WHERE {quoted} IS NULL LIMIT {MOVED_AT_ONCE}{_SKIPPING}"  # noqa: S608 - quoted names alone
    return f"UPDATE {table.sql} SET {quoted} = DEFAULT WHERE {quoted} IS NULL AND ctid IN ({rows})"  # noqa: S608 - likewise


def _held(says: str, table: Name, column: str, done: Callable[[State], bool]) -> Step:
    """One statement over all blocks, which follows a row to its new version when who held it is done."""
    sql = _blocks(table, column, waiting=True).replace(":first", "'(0,0)'").replace(":last", "'(4294967295,0)'")
    return Step(says=says, sql=sql, done=done, mode=Mode.APART, work=Work.LONG)


def _batches(says: str, sql: str, table: Name, done: Callable[[State], bool]) -> Step:
    return Step(says=says, sql=sql, done=done, mode=Mode.APART, work=Work.LONG, batches=table)
