"""Where a constraint that is validated comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.sql.changes import AddConstraint

if TYPE_CHECKING:
    from midflight.hazards.evidence import Sight
    from midflight.sql.changes import ValidateConstraint


def added_in_transaction(change: ValidateConstraint, sight: Sight) -> Sight | None:
    """Find the statement of the same transaction that added the constraint which is validated."""
    for earlier in sight.earlier_with(AddConstraint):
        added = (add for add in earlier.changes(AddConstraint) if add.constraint.name == change.name)
        if earlier.shares_transaction(sight) and any(add.table.may_be(change.table) for add in added):
            return earlier
    return None
