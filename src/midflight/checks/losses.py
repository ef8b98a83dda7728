"""What a downgrade loses, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from midflight.hazards.finding import Finding
    from midflight.rows import Loss

MOST = 5
"""Losses that one message tells one by one."""
IMPLIED_BY = frozenset(
    {
        *("drop-column", "drop-table", "drop-cascade", "drop-schema", "truncate", "truncate-cascade"),
        *("delete-without-where", "unbatched-delete"),
    }
)
"""Hazards that say of a table that it loses something: the way back brings nothing of it."""


def unsaid(losses: Iterable[Loss], findings: Iterable[Finding]) -> tuple[Loss, ...]:
    """Leave out losses of which another finding on the same table lets nobody expect anything else."""
    said = {finding.table for finding in findings if finding.hazard in IMPLIED_BY}
    return tuple(loss for loss in losses if loss.kind == "changed" or str(loss.table) not in said)


def message_of(losses: Sequence[Loss]) -> str:
    """Say in one sentence which columns and tables do not hold what they held."""
    told = [told_loss(loss) for loss in losses]
    rest = [f"and {len(told) - MOST} more"] if len(told) > MOST else []
    return f"after downgrade() {'; '.join([*told[:MOST], *rest])}"


def told_loss(loss: Loss) -> str:
    """Say what one table does not hold any more."""
    if loss.kind == "gone":
        return f"rows of {loss.table} are gone"
    columns = ", ".join(loss.columns)
    verb, them = ("hold", "they") if len(loss.columns) > 1 else ("holds", "it")
    if loss.kind == "nulled":
        return f"{columns} of {loss.table} {verb} NULL where {them} held values"
    return f"{columns} of {loss.table} {verb} other values than before"
