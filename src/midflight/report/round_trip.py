"""The round trip of a revision in a terminal report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from midflight.checks.result import RevisionResult, RoundTrip, RoundTripStatus
from midflight.report.detail import Detail
from midflight.report.finding import is_told
from midflight.report.lines import BLANK, Line, kept, said
from midflight.report.places import place
from midflight.report.visible import one_line
from midflight.report.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

LINES_SHOWN = 40
STYLES = {"+": "green", "-": "red", "~": "yellow"}
TROUBLE = {RoundTripStatus.DIFFERS, RoundTripStatus.FAILED}


def is_trouble(round_trip: RoundTrip) -> bool:
    """Tell whether there is a way back, and it does not lead there."""
    return round_trip.status in TROUBLE


def round_trip_lines(revision: RevisionResult, here: Path, detail: Detail) -> Iterator[Line]:
    """Tell what upgrade, downgrade, upgrade came to; what is as it should be is told only with every detail."""
    trip = revision.round_trip
    told = is_told(trip.reason, revision.findings)
    has_news = bool(trip.after_downgrade or trip.after_second_upgrade) or (is_trouble(trip) and not told)
    is_wanted = detail is Detail.EVERYTHING and trip.status is not RoundTripStatus.NOT_RUN
    if not (has_news or is_wanted):
        return
    title = (f"round trip: {trip.status.value}", "bold red" if is_trouble(trip) else "")
    where = f"  {one_line(place(revision.path, trip.line, here))}" if trip.line is not None else ""
    yield Line(Text.assemble(title, (where, "dim")), 1, 1)
    if trip.reason and not told:
        yield said(trip.reason, depth=2, hanging=1)
    yield from _difference("after the downgrade, compared with before the upgrade:", trip.after_downgrade, detail)
    yield from _difference("after the second upgrade, compared with the first:", trip.after_second_upgrade, detail)
    if trip.lost and detail is Detail.EVERYTHING:
        yield said("what rows held before the upgrade and not after the downgrade:", depth=2, hanging=1)
        for lost in trip.lost:
            yield said(lost, depth=3, hanging=1)
    yield BLANK


def _difference(title: str, lines: Sequence[str], detail: Detail) -> Iterator[Line]:
    if not lines:
        return
    yield said(title, depth=2, hanging=1)
    shown = lines if detail is Detail.EVERYTHING else lines[:LINES_SHOWN]
    for line in shown:
        yield from kept(line, STYLES.get(line.lstrip()[:1], ""), depth=3)
    if len(shown) < len(lines):
        left_out = counted(len(lines) - len(shown), "more line")
        yield said(f"... {left_out} (-v shows all)", "dim", depth=3)
