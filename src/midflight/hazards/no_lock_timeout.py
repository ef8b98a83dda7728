"""A SQL file that waits for its locks without a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.hazard import HistoryHazard, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from midflight.hazards.evidence import Sight

HAZARD = HistoryHazard(
    id="no-lock-timeout",
    title="A SQL file that waits for its locks without a limit",
    severity=Severity.WARNING,
    effect=(
        "A statement that needs a strong lock waits for the longest transaction on the table, and every other query on "
        "it queues up behind: one forgotten session stops the service, however quick the statement is by itself. It is "
        "told once a file, of SQL files alone: nothing else sets a limit for them."
    ),
    safe_form=(
        "SET lock_timeout to a second or two where the file begins, and run it again when it fails. Give CREATE INDEX "
        "CONCURRENTLY a file of its own without it: the limit holds for its long waits too, and would leave an INVALID "
        "index."
    ),
    source_url="https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-LOCK-TIMEOUT",
)

FIX = "SET lock_timeout = '2s';"


def first_unlimited(sights: Iterable[Sight]) -> tuple[Sight, str] | None:
    """Find the first statement that takes a strong lock without a limit to its wait, and the table."""
    for sight in sights:
        locks = sight.strong_locks()
        if locks and not sight.has_lock_timeout:
            return sight, locks[0][0]
    return None
