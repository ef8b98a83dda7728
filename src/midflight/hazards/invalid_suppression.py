"""A comment that was meant to allow a hazard and does not."""

from __future__ import annotations

from midflight.hazards.hazard import HistoryHazard, Severity

HAZARD = HistoryHazard(
    id="invalid-suppression",
    title="A comment that allows nothing: no reason, or an unknown hazard",
    severity=Severity.ERROR,
    effect=(
        "The comment reads as if a hazard had been weighed and accepted, but it names none that there is, or does not "
        "say why it is safe here. So it suppresses nothing."
    ),
    safe_form="Write `midflight: allow(hazard-id): reason`, with the id as the report has it and the reason in words.",
    source_url="https://docs.python.org/3/reference/lexical_analysis.html#comments",
)
