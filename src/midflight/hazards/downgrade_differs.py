"""A downgrade that does not lead back."""

from __future__ import annotations

from midflight.hazards.hazard import HistoryHazard, Severity

HAZARD = HistoryHazard(
    id="downgrade-differs",
    title="A downgrade that does not lead back",
    severity=Severity.ERROR,
    effect=(
        "After upgrade and downgrade the schema is not what it was: a type, a default, a constraint, an "
        "index or a privilege is left behind, missing or different. Who rolls back a bad release gets a "
        "schema that no release was tested with, and the next upgrade may collide with what was left."
    ),
    safe_form=(
        "Let downgrade() undo each change of upgrade(), in the opposite order; enum types, sequences and "
        "functions are dropped by name, and an altered column gets its former type, default and NOT NULL "
        "back."
    ),
    source_url="https://alembic.sqlalchemy.org/en/latest/tutorial.html#downgrading",
)
