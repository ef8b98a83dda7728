"""A revision without a way back."""

from __future__ import annotations

from midflight.hazards.hazard import HistoryHazard, Severity

HAZARD = HistoryHazard(
    id="missing-downgrade",
    title="A revision without a way back",
    severity=Severity.WARNING,
    effect=(
        "The revision says itself that it cannot be undone: it has no downgrade(), or one that raises "
        "NotImplementedError. A rollback of the release needs a backup or a new revision."
    ),
    safe_form=(
        "Write downgrade(), or keep the NotImplementedError where data would be lost, with the reason in its message."
    ),
    source_url="https://alembic.sqlalchemy.org/en/latest/tutorial.html#downgrading",
)
