"""A change of all rows that need it, a few blocks at a time: such as the default of a new column for older rows."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class RowChange:
    """What is done to a row."""

    says: str
    assignments: str
    """What stands behind SET."""
    needed: str
    """The condition of a row that it is still to be done to."""


def filling(table: Name, column: str, state: State, done: Callable[[State], bool]) -> tuple[Step, ...]:
    """Give each row that has NULL in a column its default."""
    quoted = quote_identifier(column)
    return changing(RowChange(f"fill {column}", f"{quoted} = DEFAULT", f"{quoted} IS NULL"), table, state, done)


def changing(change: RowChange, table: Name, state: State, done: Callable[[State], bool]) -> tuple[Step, ...]:
    """Change each row that needs it, in batches that never wait for a row while they hold others: no deadlock.

    Rows that somebody holds are left out first. A row that is updated meanwhile may go to a block that is behind us
    already, as it was. So the table is looked at again until none is left, and then once more, where the few rows
    that are still held are waited for. A script has one batch, which waits for all.
    """
    leaves = [leaf.name for leaf in state.leaves(table)] if state.is_partitioned(table) else [table]
    steps: list[Step] = []
    for leaf in leaves:
        says = f"{change.says} of {leaf}"
        steps.append(_batches(says, _blocks(change, leaf, waiting=not state.known), leaf, done))
        if state.known:
            steps.append(_batches(f"{says}: rows that were moved or held", _left(change, leaf), leaf, done))
            steps.append(_held(f"{says}: rows that are still held", change, leaf, done))
    return tuple(steps)


def _blocks(change: RowChange, table: Name, *, waiting: bool) -> str:
    blocks = "ctid >= :first AND ctid < :last"
    rows = f"(SELECT ctid FROM {table.sql} WHERE {blocks} AND ({change.needed}){_SKIPPING})"  # noqa: S608 - quoted names, the revision's expressions
    which = f"({change.needed})" if waiting else f"ctid IN {rows}"
    return f"UPDATE {table.sql} SET {change.assignments} WHERE {blocks} AND {which}"  # noqa: S608 - likewise


def _left(change: RowChange, table: Name) -> str:
    rows = f"SELECT ctid FROM {table.sql} WHERE {change.needed} LIMIT {MOVED_AT_ONCE}{_SKIPPING}"  # noqa: S608 - quoted names, the revision's expressions
    return f"UPDATE {table.sql} SET {change.assignments} WHERE ({change.needed}) AND ctid IN ({rows})"  # noqa: S608 - likewise


def _held(says: str, change: RowChange, table: Name, done: Callable[[State], bool]) -> Step:
    """One statement over all blocks, which follows a row to its new version when who held it is done."""
    sql = _blocks(change, table, waiting=True).replace(":first", "'(0,0)'").replace(":last", "'(4294967295,0)'")
    return Step(says=says, sql=sql, done=done, mode=Mode.APART, work=Work.LONG)


def _batches(says: str, sql: str, table: Name, done: Callable[[State], bool]) -> Step:
    return Step(says=says, sql=sql, done=done, mode=Mode.APART, work=Work.LONG, batches=table)
