"""One finding: what, where, by which statement, and what to write in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.report.finding import RESTS_ON, statement_of
from midflight.report.html.element import Html, element
from midflight.report.html.statement import statement_id, statement_in_short
from midflight.report.html.text import block, paragraphs
from midflight.report.visible import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from midflight.hazards.finding import Finding
    from midflight.trace.record import TracedStatement


def finding_of(finding: Finding, revision: int | None, statements: Sequence[TracedStatement]) -> Html:
    """Tell one finding.

    Args:
        finding: what was found.
        revision: the revision's number in the report; None where it is about the history as a whole.
        statements: those of its revision.
    """
    severity = finding.severity.value
    statement = statement_of(finding, statements)
    number = finding.statement if statement else None
    return element(
        "article",
        element("h5", element("span", severity, class_=f"badge {severity}"), " ", one_line(finding.hazard)),
        _place(finding.line, revision, number),
        paragraphs(finding.message),
        element("p", RESTS_ON[finding.basis], class_="muted") if finding.basis in RESTS_ON else None,
        statement_in_short(statement) if statement else None,
        paragraphs(finding.advice),
        element("div", element("p", "Safe instead:"), block(finding.fix), class_="fix") if finding.fix else None,
        class_=f"finding {severity}",
    )


def _place(line: int | None, revision: int | None, statement: int | None) -> Html | None:
    """Say where it was found; the file is named above, by the revision."""
    if line is None and statement is None:
        return None
    link = None
    if revision is not None and statement is not None:
        link = element("a", f"statement {statement + 1}", href=f"#{statement_id(revision, statement)}")
    return element("p", None if line is None else element("span", f"line {line}"), link, class_="place")
