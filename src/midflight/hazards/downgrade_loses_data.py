"""A downgrade after which rows hold less than before the upgrade."""

from __future__ import annotations

from midflight.hazards.hazard import HistoryHazard, Severity

HAZARD = HistoryHazard(
    id="downgrade-loses-data",
    title="A downgrade that does not bring the data back",
    severity=Severity.WARNING,
    effect=(
        "After upgrade and downgrade the schema may be the same, but values that were there before are not: whoever "
        "goes back to the old release goes on without them."
    ),
    safe_form=(
        "Keep what is needed on the way back until nobody goes back any more: drop a column or table, or change its "
        "values, in a later revision, when the new release has proven itself."
    ),
    source_url="https://alembic.sqlalchemy.org/en/latest/tutorial.html#downgrading",
)
