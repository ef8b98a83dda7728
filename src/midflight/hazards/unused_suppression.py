"""A comment that allows what is not found."""

from __future__ import annotations

from midflight.hazards.hazard import HistoryHazard, Severity

HAZARD = HistoryHazard(
    id="unused-suppression",
    title="A comment allows a hazard that is not found",
    severity=Severity.WARNING,
    effect=(
        "The comment says that somebody has weighed a danger that is not there: it stands at another statement, or the "
        "revision has changed since. It would hide the hazard without a word if the revision came to have it."
    ),
    safe_form="Delete the comment, or move it to the statement that it means: on its line, or directly above it.",
    source_url="https://docs.python.org/3/reference/lexical_analysis.html#logical-lines",
)
