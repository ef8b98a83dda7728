"""Whether a name that a relation gives up goes on to be served."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.sql.changes import CreateTable, CreateView, RenameTable

if TYPE_CHECKING:
    from midflight.hazards.evidence import Sight
    from midflight.sql.names import Name


def view_takes(name: Name, sight: Sight) -> bool:
    """Tell whether a later statement of the same transaction creates a view of that name."""
    return any(
        view.view.may_be(name)
        for later in sight.later
        if later.shares_transaction(sight)
        for view in later.changes(CreateView)
    )


def renamed_table_takes(name: Name, sight: Sight) -> bool:
    """Tell whether a later statement of the same transaction gives that name to another table."""
    return any(
        rename.new_name == name.name
        for later in sight.later
        if later.shares_transaction(sight)
        for rename in later.changes(RenameTable)
    )


def other_table_takes(name: Name, sight: Sight) -> bool:
    """Tell whether another table has that name, new or renamed, by the time the transaction ends."""
    created = any(
        create.table.may_be(name)
        for later in sight.later
        if later.shares_transaction(sight)
        for create in later.changes(CreateTable)
    )
    return created or renamed_table_takes(name, sight)
