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


def filling(table: Name, column: str, state: State, done: Callable[[State], bool]) -> tuple[Step, ...]:
    """Give each row that has none its value, in batches, and at last those that an update has moved meanwhile.

    A row that is updated may go to a block that is behind us already, with its NULL: so the table is looked at again
    until none is left. A script has one batch, which sees all rows.
    """
    leaves = [leaf.name for leaf in state.leaves(table)] if state.is_partitioned(table) else [table]
    quoted = quote_identifier(column)
    batches = (
        Step(
            says=f"fill {column} of {leaf}",
            sql=f"UPDATE {leaf.sql} SET {quoted} = DEFAULT WHERE ctid >= :first AND ctid < :last AND {quoted} IS NULL",  # noqa: S608 - quoted names alone
            done=done,
            mode=Mode.APART,
            work=Work.LONG,
            batches=leaf,
        )
        for leaf in leaves
    )
    rest = (
        Step(
            says=f"fill {column} of the rows of {leaf} that were moved meanwhile",
            sql=f"UPDATE {leaf.sql} SET {quoted} = DEFAULT WHERE ctid IN "  # noqa: S608 - quoted names alone
            f"(SELECT ctid FROM {leaf.sql} WHERE {quoted} IS NULL LIMIT {MOVED_AT_ONCE})",
            done=done,
            mode=Mode.APART,
            work=Work.LONG,
            batches=leaf,
        )
        for leaf in leaves
    )
    return (*batches, *rest) if state.known else tuple(batches)
