"""A revision whose file was edited after it was applied."""

from __future__ import annotations

from midflight.hazards.hazard import HistoryHazard, Severity

HAZARD = HistoryHazard(
    id="edited-after-apply",
    title="A revision that was edited after it was applied",
    severity=Severity.ERROR,
    effect=(
        "The database has what the file said when it was applied; every database that is made from now on gets what it "
        "says today. They differ for good, and no later upgrade tells. It is found where a database is looked at "
        "(--pending), from the journal that midflight upgrade keeps there."
    ),
    safe_form="Put the file back as it was, and write what has changed as a revision of its own.",
    source_url="https://alembic.sqlalchemy.org/en/latest/tutorial.html",
)
"""A comment or a new line counts as an edit, too: what a file does is not known without running it."""
