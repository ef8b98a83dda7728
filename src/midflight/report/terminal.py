"""The report for people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from midflight.report.counts import unit
from midflight.report.detail import Detail
from midflight.report.finding import finding_lines
from midflight.report.lines import BLANK, Line, laid_out, said
from midflight.report.places import shown_path
from midflight.report.revision import has_news, revision_lines
from midflight.report.summary import summary_lines
from midflight.report.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.checks.result import CheckResult
    from midflight.report.lines import Page


def terminal_text(result: CheckResult, here: Path, detail: Detail, page: Page) -> str:
    """Write the report for people.

    Args:
        result: what the check found.
        here: the user's current folder: paths within it are shown shorter.
        detail: how much is told.
        page: what it is laid out for.
    """
    return laid_out(report_lines(result, here, detail), page)


def report_lines(result: CheckResult, here: Path, detail: Detail) -> Iterator[Line]:
    """Tell what was checked and where, what was found in each revision, and what it all came to."""
    if detail is not Detail.FINDINGS:
        yield from _head(result, here)
    for finding in result.findings:
        yield from finding_lines(finding, (), None)
    for revision in result.revisions:
        if detail is Detail.EVERYTHING or has_news(revision):
            yield from revision_lines(revision, here, detail)
    if detail is not Detail.FINDINGS:
        yield from summary_lines(result)


def _head(result: CheckResult, here: Path) -> Iterator[Line]:
    subject = shown_path(Path(result.subject), here)
    number = counted(len(result.revisions), unit(result))
    yield said(f"{subject}: {number}, proven on {result.server.where}", "bold", hanging=1)
    for note in result.notes:
        yield said(f"note: {note}", hanging=1)
    yield BLANK
