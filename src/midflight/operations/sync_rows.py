"""Conditions on the old and the new columns of one row: what was changed, and whether both sides tell the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.operations.distinct import distinct
from midflight.pg.identifiers import quote_identifier
from midflight.sql.row_variable import with_row_variable

if TYPE_CHECKING:
    from midflight.operations.state import State
    from midflight.operations.sync_triggers import Sync


def disagreement(sync: Sync, state: State) -> str:
    """Tell, over the columns of the table, whether a row is not filled: neither side is made of the other.

    It is enough that one is: what is split and put together again need not be what it was.
    """
    if is_copied(sync, state):
        return _forward_disagrees(sync, state, "")
    return f"({_forward_disagrees(sync, state, '')}) AND ({_back_disagrees(sync, state, '')})"


def new_is_given(sync: Sync, state: State) -> str:
    """As the condition of a trigger on INSERT: a new column has a value, and it is not just what the old ones tell."""
    return f"NOT ({_no_value(sync.new, 'new')}) AND ({_forward_disagrees(sync, state, 'new')})"


def new_is_absent(sync: Sync) -> str:
    """As the condition of a trigger on INSERT: no new column has a value."""
    return _no_value(sync.new, "new")


def new_is_changed(sync: Sync, state: State) -> str:
    """As the condition of a trigger on UPDATE: a new column was changed, and not just to what the old ones tell."""
    return f"({_changed(sync, sync.new, state)}) AND ({_forward_disagrees(sync, state, 'new')})"


def old_is_changed(sync: Sync, state: State) -> str:
    """As the condition of a trigger on UPDATE: old columns alone were changed, and not just to what the new ones tell.

    A row that is not filled yet counts as well: its new columns are filled by whatever changes it, so that what
    constrains them holds.
    """
    not_filled = f"{_no_value(sync.new, 'new')} AND NOT ({_no_value(sync.old, 'new')})"
    return (
        f"NOT ({_changed(sync, sync.new, state)}) AND ({_changed(sync, sync.old, state)} OR {not_filled}) "
        f"AND ({_back_disagrees(sync, state, 'new')})"
    )


def is_column(expression: str, column: str) -> bool:
    """Tell whether an expression is a column and nothing else."""
    return with_row_variable(expression, (column,)) == with_row_variable(quote_identifier(column), (column,))


def is_copied(sync: Sync, state: State) -> bool:
    """Tell whether both sides are one column with the same value in the same type, as in a rename."""
    if len(sync.forward) != 1 or len(sync.back) != 1:
        return False
    [(new, of_new)], [(old, of_old)] = sync.forward, sync.back
    one, other = state.column(sync.table, old), state.column(sync.table, new)
    same_type = one is None or other is None or one.type == other.type
    return same_type and is_column(of_new, old) and is_column(of_old, new)


def _no_value(columns: tuple[str, ...], row: str) -> str:
    return " AND ".join(f"{_of(row, column)} IS NULL" for column in columns)


def _changed(sync: Sync, columns: tuple[str, ...], state: State) -> str:
    return " OR ".join(
        distinct(_of("new", column), _of("old", column), state.column(sync.table, column)) for column in columns
    )


def _forward_disagrees(sync: Sync, state: State, row: str) -> str:
    return _disagrees(sync, sync.forward, sync.old, state, row)


def _back_disagrees(sync: Sync, state: State, row: str) -> str:
    return _disagrees(sync, sync.back, sync.new, state, row)


def _disagrees(
    sync: Sync, assignments: tuple[tuple[str, str], ...], read: tuple[str, ...], state: State, row: str
) -> str:
    """Some column is not what its expression tells; the value has the type of the column, as an assignment gives it."""
    conditions: list[str] = []
    for column, expression in assignments:
        value = f"({with_row_variable(expression, read if row else (), row)})"
        found = state.column(sync.table, column)
        if found is not None and not is_copied(sync, state):
            value = f"CAST({value} AS {found.type})"
        conditions.append(distinct(_of(row, column), value, found))
    return " OR ".join(conditions)


def _of(row: str, column: str) -> str:
    return f"{row}.{quote_identifier(column)}" if row else quote_identifier(column)
