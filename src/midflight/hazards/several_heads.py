"""A history with several heads."""

from __future__ import annotations

from midflight.hazards.hazard import HistoryHazard, Severity

HAZARD = HistoryHazard(
    id="several-heads",
    title="A history with several heads",
    severity=Severity.ERROR,
    effect=(
        "Two revisions build upon the same one and nothing joins them: `alembic upgrade head` refuses to "
        "run, at the deployment. It happens when two branches of the code were merged."
    ),
    safe_form=(
        "Join them with `alembic merge`, or give branches that are meant to live side by side a label and "
        "upgrade with `heads`."
    ),
    source_url="https://alembic.sqlalchemy.org/en/latest/branches.html#working-with-branches",
)
