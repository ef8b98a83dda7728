"""Whether a default is there already, and which functions it calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight import sql
from midflight.sql.changes import AddColumn
from midflight.sql.volatility import NOT_VOLATILE

if TYPE_CHECKING:
    from midflight.operations.state import State


def is_same_default(found: str | None, wanted: str) -> bool:
    """Tell whether ``pg_get_expr`` writes what is wanted, with or without a cast to the column's type.

    False may also mean that PostgreSQL writes it in another way: it is then set again, which changes nothing.
    """
    return found is not None and (found == wanted or found.startswith(f"{wanted}::"))


def functions_of(default: str | None) -> tuple[str, ...]:
    """Return the functions that an expression calls, without their schema."""
    if default is None:
        return ()
    changes = sql.parse(f"ALTER TABLE t ADD COLUMN c int DEFAULT {default}").changes
    if len(changes) != 1 or not isinstance(changes[0], AddColumn) or changes[0].column.default is None:
        return ()
    return changes[0].column.default.functions


def is_volatile(default: str | None, state: State) -> bool:
    """Tell whether a default may have another value in each row; offline a function that is not well known may."""
    functions = functions_of(default)
    if state.known:
        return not state.volatile.isdisjoint(functions)
    return not NOT_VOLATILE.issuperset(functions)
