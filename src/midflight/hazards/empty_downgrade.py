"""A downgrade that takes nothing back."""

from __future__ import annotations

from midflight.hazards.hazard import HistoryHazard, Severity

HAZARD = HistoryHazard(
    id="empty-downgrade",
    title="A downgrade that takes nothing back",
    severity=Severity.ERROR,
    effect=(
        "upgrade() changes the schema and downgrade() leaves all of it as it is, mostly because its body is `pass`. "
        "Alembic believes that the revision is undone, and the next upgrade collides with what is still there."
    ),
    safe_form=(
        "Let downgrade() undo each change of upgrade(), in the opposite order; or let it raise NotImplementedError "
        "with the reason, so that nobody believes in a way back that is none."
    ),
    source_url="https://alembic.sqlalchemy.org/en/latest/tutorial.html#downgrading",
)
