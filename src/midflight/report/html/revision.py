"""One revision, or one SQL file: a line of it, and all that is known of it behind that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.checks.result import Outcome, RevisionResult
from midflight.report.finding import is_told
from midflight.report.html.badges import badges
from midflight.report.html.element import Html, element, joined
from midflight.report.html.finding import finding_of
from midflight.report.html.round_trip import round_trip_of
from midflight.report.html.statement import statements_of
from midflight.report.html.text import inline
from midflight.report.html.timeline import timeline
from midflight.report.html.words import duration
from midflight.report.places import place
from midflight.report.presumed import presumed_text
from midflight.report.revision import has_news
from midflight.report.visible import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


def revision_of(
    number: int, revision: RevisionResult, here: Path, numbers: Mapping[str, int], *, is_open: bool
) -> Html:
    """Tell a revision.

    Args:
        number: its own in the report, from 0.
        revision: what came of it.
        here: the user's current folder: paths within it are shown shorter.
        numbers: those of all revisions in the report by their ids.
        is_open: whether more than its line is shown at first.
    """
    title = "" if revision.title == revision.id else one_line(revision.title)
    body = element(
        "div",
        _facts(revision, here, numbers),
        element("p", presumed_text(revision.presumed), class_="muted") if revision.presumed else None,
        _end(revision, here),
        element("h4", "Findings") if revision.findings else None,
        *(finding_of(finding, number, revision.statements) for finding in revision.findings),
        _suppressed(revision),
        timeline(revision.statements),
        statements_of(number, revision.statements),
        round_trip_of(revision),
        id=f"r{number}",
        class_="body",
    )
    return element(
        "details",
        element("summary", element("h3", inline(revision.id), " ", title), badges(revision)),
        body,
        class_="revision news" if has_news(revision) else "revision",
        data_hazards="\n".join(dict.fromkeys(finding.hazard for finding in revision.findings)) or None,
        open=is_open,
    )


def _suppressed(revision: RevisionResult) -> Html | None:
    """List what comments allow, each with its reason."""
    if not revision.suppressed:
        return None
    items = (
        element("li", element("b", one_line(one.finding.hazard)), *_line(one.finding.line), f": {one_line(one.reason)}")
        for one in revision.suppressed
    )
    return joined(element("h4", "Allowed by comments"), element("ul", *items))


def _line(line: int | None) -> tuple[str, ...]:
    return () if line is None else (f", line {line}",)


def _facts(revision: RevisionResult, here: Path, numbers: Mapping[str, int]) -> Html:
    parents = list(_parents(revision, numbers))
    return element(
        "p",
        inline(place(revision.path, None, here)),
        element("span", "builds on ", *parents) if parents else None,
        element("span", f"proven in {duration(revision.seconds)}") if revision.seconds else None,
        class_="place",
    )


def _parents(revision: RevisionResult, numbers: Mapping[str, int]) -> Iterator[Html]:
    for index, parent in enumerate(revision.parents):
        number = numbers.get(parent)
        link = inline(parent) if number is None else element("a", inline(parent), href=f"#r{number}")
        yield joined(" and " if index else None, link)


def _end(revision: RevisionResult, here: Path) -> Html | None:
    """Say why it did not pass, where no finding does."""
    if revision.outcome is Outcome.PASSED or is_told(revision.reason, revision.findings):
        return None
    where = inline(place(revision.path, revision.line, here)) if revision.line is not None else None
    reason = one_line(revision.reason or "no reason is known")
    return element("p", f"{revision.outcome.value.capitalize()}: {reason} ", where, class_="end")
