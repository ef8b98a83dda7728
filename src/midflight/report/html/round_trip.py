"""The round trip of a revision: what it came to, with the differences as lines of a diff."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.checks.result import RevisionResult, RoundTripStatus
from midflight.report.finding import is_told
from midflight.report.html.element import Html, element, joined
from midflight.report.visible import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

SIGNS = {"+": "added", "-": "removed", "~": "changed"}
MEANING = {
    RoundTripStatus.SAME: "Upgrade, downgrade, upgrade: each way leaves the schema as it was, to the letter.",
    RoundTripStatus.REORDERED: "Upgrade, downgrade, upgrade: nothing differs but the order of columns.",
    RoundTripStatus.DIFFERS: "Upgrade, downgrade, upgrade: the schema is not the same as before.",
    RoundTripStatus.IRREVERSIBLE: "The revision says itself that there is no way back.",
    RoundTripStatus.FAILED: "The downgrade, or the upgrade after it, failed.",
}


def round_trip_of(revision: RevisionResult) -> Html | None:
    """Tell what upgrade, downgrade, upgrade came to; None where it was not run."""
    trip = revision.round_trip
    if trip.status is RoundTripStatus.NOT_RUN:
        return None
    reason = None if trip.reason is None or is_told(trip.reason, revision.findings) else trip.reason
    return element(
        "section",
        element("h4", f"Round trip: {trip.status.value}"),
        element("p", MEANING[trip.status]),
        element("p", one_line(reason)) if reason else None,
        _difference("After the downgrade, compared with before the upgrade:", trip.after_downgrade),
        _difference("After the second upgrade, compared with the first:", trip.after_second_upgrade),
        _lost(trip.lost),
    )


def _lost(lost: Sequence[str]) -> Html | None:
    if not lost:
        return None
    items = (element("li", one_line(one)) for one in lost)
    return joined(element("p", "What rows held before the upgrade and not after the downgrade:"), element("ul", *items))


def _difference(title: str, lines: Sequence[str]) -> Html | None:
    if not lines:
        return None
    return joined(element("p", title), element("pre", element("code", *map(_line, lines)), class_="diff"))


def _line(line: str) -> Html:
    return element("span", line, "\n", class_=SIGNS.get(line.lstrip()[:1]))
