"""One finding in a terminal report: what, where, by which statement, and what to write in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from midflight.hazards.hazard import Severity
from midflight.report.lines import BLANK, Line, code, paragraphs, said
from midflight.report.statement import statement_lines
from midflight.report.visible import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from midflight.hazards.finding import Finding
    from midflight.hazards.suppression import Suppressed
    from midflight.trace.record import TracedStatement

RESTS_ON = {
    "grammar": "Judged by its words alone: it was not observed.",
    "presumed": "Observed, but on a column whose type was presumed.",
}
"""What a reader must know of a finding's basis; nothing where it was simply observed."""

STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow"}


def finding_lines(finding: Finding, statements: Sequence[TracedStatement], place: str | None) -> Iterator[Line]:
    """Tell one finding.

    Args:
        finding: what was found.
        statements: those of its revision.
        place: where, as ``path:line``; None where it is about the history as a whole.
    """
    severity = (finding.severity.value, STYLES[finding.severity])
    yield Line(Text.assemble(severity, (f" {one_line(finding.hazard)}", "bold")), 1, 1)
    if place:
        yield Line(Text(one_line(place), "dim"), 2, is_code=True)  # whole at any width: editors open it
    if statement := statement_of(finding, statements):
        yield from statement_lines(statement, depth=2)
    yield from paragraphs(finding.message, depth=2)
    if finding.basis in RESTS_ON:
        yield said(RESTS_ON[finding.basis], "dim", depth=2)
    if finding.advice:
        yield from paragraphs(finding.advice, depth=2)
    if finding.fix:
        yield said("Safe instead:", "bold", depth=2)
        yield from code(finding.fix, "green", depth=4)
    yield BLANK


def suppressed_lines(suppressed: Suppressed, place: str) -> Iterator[Line]:
    """Tell one finding that a comment allows, and why it does."""
    yield Line(Text.assemble(("allowed", "bold"), f" {one_line(suppressed.finding.hazard)}"), 1, 1)
    yield Line(Text(one_line(place), "dim"), 2, is_code=True)
    yield said(suppressed.reason, depth=2)
    yield BLANK


def statement_of(finding: Finding, statements: Sequence[TracedStatement]) -> TracedStatement | None:
    """Return the statement that a finding is about; None where it is about none, or one that did not run."""
    about = finding.statement
    return statements[about] if about is not None and 0 <= about < len(statements) else None


def is_told(reason: str | None, findings: Iterable[Finding]) -> bool:
    """Tell whether a finding already says why something failed."""
    return reason is not None and any(reason in finding.message for finding in findings)
