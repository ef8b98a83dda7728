"""What a downgrade loses, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from midflight.rows import Loss

MOST = 5
"""Losses that are told one by one."""


def told_losses(losses: Iterable[Loss]) -> str:
    """Say which columns and tables do not hold what they held."""
    told = [_told(loss) for loss in losses]
    rest = [f"and {len(told) - MOST} more"] if len(told) > MOST else []
    return "; ".join([*told[:MOST], *rest])


def _told(loss: Loss) -> str:
    if loss.kind == "gone":
        return f"rows of {loss.table} are gone"
    columns = ", ".join(loss.columns)
    verb, them = ("hold", "they") if len(loss.columns) > 1 else ("holds", "it")
    if loss.kind == "nulled":
        return f"{columns} of {loss.table} {verb} NULL where {them} held values"
    return f"{columns} of {loss.table} {verb} other values than before"
