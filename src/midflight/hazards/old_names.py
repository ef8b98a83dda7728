"""Whether a name that a relation gives up goes on to be served."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.sql.changes import CreateView

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
