"""Which columns a revision itself has added."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.sql.changes import AddColumn

if TYPE_CHECKING:
    from midflight.hazards.evidence import Sight
    from midflight.sql.names import Name


def is_new_column(table: Name, column: str, sight: Sight) -> bool:
    """Tell whether an earlier statement of the revision added a column, so that the running code cannot know it."""
    return adding_statement(table, column, sight) is not None


def adding_statement(table: Name, column: str, sight: Sight) -> Sight | None:
    """Find the earlier statement of the revision that added a column."""
    for earlier in sight.earlier_with(AddColumn):
        added = (add for add in earlier.changes(AddColumn) if add.column.name == column)
        if any(add.table.may_be(table) for add in added):
            return earlier
    return None
