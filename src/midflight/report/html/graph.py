"""The history as a graph, drawn as SVG beside a list of its revisions, a row for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.report.html.badges import Mark, badges, mark
from midflight.report.html.element import Html, element
from midflight.report.html.lanes import lay_out
from midflight.report.visible import one_line
from midflight.report.words import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from midflight.checks.result import RevisionResult
    from midflight.report.html.lanes import Edge, Lanes

ROW = 28
"""The height of a row, in units of the drawing; 16 of them are 1 rem."""
LANE, WIDEST = 16, 128
"""How far lanes are apart, and how wide all of them may be: many lanes move together."""
SHAPES = {
    Mark.FINE: "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
    Mark.WARNING: "M0-6L6 5H-6z",
    Mark.ERROR: "M0-6.5L6.5 0L0 6.5L-6.5 0z",
    Mark.UNKNOWN: "M-4-4H4V4H-4z",
}
"""A circle, a triangle, a diamond and a square around the origin."""


def graph(revisions: Sequence[RevisionResult]) -> Html | None:
    """Draw the history; None where no revision builds on another, as with files of SQL."""
    rows = {revision.id: row for row, revision in enumerate(revisions)}
    parents = [[rows[parent] for parent in revision.parents if parent in rows] for revision in revisions]
    if not any(parents):
        return None
    drawing = _drawing(revisions, lay_out(parents), parents)
    return element("div", drawing, element("ol", *map(_row, range(len(revisions)), revisions)), class_="graph")


def _row(number: int, revision: RevisionResult) -> Html:
    title = "" if revision.title == revision.id else f" {one_line(revision.title)}"
    link = element("a", element("code", one_line(revision.id)), title, href=f"#r{number}")
    return element("li", link, badges(revision))


def _drawing(revisions: Sequence[RevisionResult], lanes: Lanes, parents: Sequence[Sequence[int]]) -> Html:
    apart = min(LANE, WIDEST // max(lanes.width, 1))
    width, height = apart * lanes.width + LANE, ROW * len(revisions)
    return element(
        "svg",
        *(element("path", class_="edge", d=_line(edge, lanes, apart)) for edge in lanes.edges),
        *(
            _stub(row, lanes, apart)
            for row, revision in enumerate(revisions)
            if len(revision.parents) > len(parents[row])
        ),
        *(_node(revision, row, lanes, apart) for row, revision in enumerate(revisions)),
        viewBox=f"0 0 {width} {height}",
        width=f"{width / 16:g}rem",
        height=f"{height / 16:g}rem",
        role="img",
        aria_label=_description(revisions, parents),
    )


def _node(revision: RevisionResult, row: int, lanes: Lanes, apart: int) -> Html:
    x, y = _place(lanes.nodes[row], row, apart)
    return element(
        "path", class_=f"node {mark(revision).value}", d=SHAPES[mark(revision)], transform=f"translate({x} {y})"
    )


def _stub(row: int, lanes: Lanes, apart: int) -> Html:
    """Draw a line upwards to a parent that was not proven."""
    x, y = _place(lanes.nodes[row], row, apart)
    return element("path", class_="edge outside", d=f"M{x} {y}V{y - ROW // 2}")


def _line(edge: Edge, lanes: Lanes, apart: int) -> str:
    """Go down from the parent, over to the line's own lane, and over to the child in its last row."""
    (x, y), (last_x, last_y) = (_place(lanes.nodes[row], row, apart) for row in (edge.parent, edge.child))
    own_x, _ = _place(edge.lane, 0, apart)
    if edge.child == edge.parent + 1:
        return f"M{x} {y}{_bend(x, y, last_x, last_y)}"
    return f"M{x} {y}{_bend(x, y, own_x, y + ROW)}V{last_y - ROW}{_bend(own_x, last_y - ROW, last_x, last_y)}"


def _bend(x: int, y: int, to_x: int, to_y: int) -> str:
    middle = (y + to_y) // 2
    return f"V{to_y}" if x == to_x else f"C{x} {middle} {to_x} {middle} {to_x} {to_y}"


def _place(lane: int, row: int, apart: int) -> tuple[int, int]:
    return LANE // 2 + 2 + apart * lane, ROW * row + ROW // 2


def _description(revisions: Sequence[RevisionResult], parents: Sequence[Sequence[int]]) -> str:
    above = [parent for them in parents for parent in them]
    branches = sum(above.count(row) > 1 for row in set(above))
    merges = sum(len(them) > 1 for them in parents)
    return (
        f"{counted(len(revisions), 'revision')}, {counted(branches, 'branch point')} and {counted(merges, 'merge')}; "
        "each revision tells below on which it builds"
    )
