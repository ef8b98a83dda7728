"""A revision that fails."""

from __future__ import annotations

from midflight.hazards.hazard import HistoryHazard, Severity

HAZARD = HistoryHazard(
    id="revision-fails",
    title="A revision that fails",
    severity=Severity.ERROR,
    effect=(
        "upgrade() raises or PostgreSQL refuses one of its statements: the deployment stops here. What "
        "ran before in the same transaction is rolled back; what ran in autocommit stays, while the "
        "version table still names the revision before."
    ),
    safe_form=(
        "Mend it. Where it needs something that the shadow has not (an extension, a role, "
        "tables from before the first revision), give the shadow that: --shadow, roles and --baseline say "
        "how."
    ),
    source_url="https://alembic.sqlalchemy.org/en/latest/tutorial.html#running-our-first-migration",
)
