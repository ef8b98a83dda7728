"""One revision, or one SQL file, in a terminal report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from midflight.checks.result import Outcome, RevisionResult
from midflight.operations.phase import Phase
from midflight.report.detail import Detail
from midflight.report.finding import finding_lines, is_told, suppressed_lines
from midflight.report.lines import BLANK, Line, said
from midflight.report.places import place
from midflight.report.presumed import presumed_text
from midflight.report.round_trip import is_trouble, round_trip_lines
from midflight.report.statement import statement_in_full, statement_lines
from midflight.report.visible import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from midflight.trace.record import TracedStatement


def has_news(revision: RevisionResult) -> bool:
    """Tell whether there is something about it that a reader must know."""
    return (
        bool(revision.findings or revision.presumed)
        or revision.outcome is Outcome.FAILED
        or is_trouble(revision.round_trip)
    )


def revision_lines(revision: RevisionResult, here: Path, detail: Detail) -> Iterator[Line]:
    """Tell what was found in a revision, and with every detail also what it did."""
    yield _title(revision)
    if detail is Detail.EVERYTHING:
        yield said(place(revision.path, None, here), "dim", depth=1, hanging=1)
        for statement in revision.statements:
            yield from _sent(statement)
        yield BLANK
    if revision.presumed:
        yield said(presumed_text(revision.presumed), "dim", depth=1, hanging=1)
        yield BLANK
    yield from _end(revision, here)
    for finding in revision.findings:
        yield from finding_lines(finding, revision.statements, place(revision.path, finding.line, here))
    if detail is Detail.EVERYTHING:
        for suppressed in revision.suppressed:
            yield from suppressed_lines(suppressed, place(revision.path, suppressed.finding.line, here))
    yield from round_trip_lines(revision, here, detail)
    yield BLANK


def _title(revision: RevisionResult) -> Line:
    title = "" if revision.title == revision.id else f"  {one_line(revision.title)}"
    phase = f"  ({revision.phase.value})" if revision.phase and revision.phase is not Phase.EXPAND else ""
    return Line(Text.assemble((one_line(revision.id), "bold"), title, (phase, "dim")), 0, 1)


def _end(revision: RevisionResult, here: Path) -> Iterator[Line]:
    if revision.outcome is Outcome.NOT_RUN:
        yield said(f"not run: {revision.reason or 'no reason is known'}", depth=1, hanging=1)
        yield BLANK
    elif revision.outcome is Outcome.FAILED and not is_told(revision.reason, revision.findings):
        where = place(revision.path, revision.line, here)
        yield Line(Text.assemble(("failed", "bold red"), (f"  {one_line(where)}", "dim")), 1, 1)
        yield said(revision.reason or "no reason is known", depth=2)
        for statement in revision.statements:
            if statement.error:
                yield from statement_lines(statement, depth=2)
        yield BLANK


def _sent(statement: TracedStatement) -> Iterator[Line]:
    yield said("line unknown" if statement.line is None else f"line {statement.line}", "dim", depth=1)
    yield from statement_in_full(statement, depth=2)
