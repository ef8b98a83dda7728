"""What stands beside a revision's name: what is wrong with it, in a word or two."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

from midflight.checks.result import Outcome
from midflight.hazards.hazard import Severity
from midflight.report.html.element import Html, element
from midflight.report.round_trip import is_trouble
from midflight.report.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.checks.result import RevisionResult


class Mark(enum.Enum):
    """How a revision stands, in one sign."""

    FINE = "fine"
    WARNING = "warning"
    ERROR = "error"
    UNKNOWN = "unknown"


def mark(revision: RevisionResult) -> Mark:
    """Say how a revision stands: by the worst of it."""
    if revision.outcome is Outcome.NOT_RUN:
        return Mark.UNKNOWN
    severities = {finding.severity for finding in revision.findings}
    if revision.outcome is Outcome.FAILED or Severity.ERROR in severities:
        return Mark.ERROR
    return Mark.WARNING if severities else Mark.FINE


def badges(revision: RevisionResult) -> Html | None:
    """Name what is wrong with a revision; None where nothing is."""
    named = list(_badges(revision))
    return element("span", *named, class_="badges") if named else None


def _badges(revision: RevisionResult) -> Iterator[Html]:
    if revision.outcome is not Outcome.PASSED:
        yield _badge(revision.outcome.value, Mark.ERROR if revision.outcome is Outcome.FAILED else Mark.UNKNOWN)
    for severity in Severity:
        if number := sum(finding.severity is severity for finding in revision.findings):
            yield _badge(counted(number, severity.value), Mark(severity.value))
    if is_trouble(revision.round_trip):
        yield _badge(f"round trip {revision.round_trip.status.value}")


def _badge(text: str, sign: Mark = Mark.UNKNOWN) -> Html:
    return element("span", text, class_=f"badge {sign.value}")
