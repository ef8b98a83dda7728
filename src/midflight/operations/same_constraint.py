"""Tells a constraint that is there already from another one of the same name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.operations.operation import OperationRefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from midflight.operations.state import Constraint, State
    from midflight.sql.names import Name


def must_be_same(state: State, table: Name, name: str, is_same: Callable[[Constraint], bool]) -> None:
    """Refuse where a table has another constraint of that name.

    Raises:
        OperationRefusedError: where it has.
    """
    found = state.constraint(table, name)
    if found is not None and not is_same(found):
        raise OperationRefusedError(
            f"constraint {name} of {table} is there already, with another definition",
            hint="give the new one another name, or drop the old one first",
        )


def deferring(*, deferrable: bool | None, initially: str | None) -> str:
    """Return the words on when a constraint is checked, with a space before."""
    words = {None: "", True: " DEFERRABLE", False: " NOT DEFERRABLE"}[deferrable]
    return words + {"DEFERRED": " INITIALLY DEFERRED", "IMMEDIATE": " INITIALLY IMMEDIATE"}.get(
        (initially or "").upper(), ""
    )
