"""The top of the report: the verdict, the counts, and the findings of each hazard."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from midflight.report.counts import REVISION, exit_code, hazards, outcomes, round_trips, severities, unit
from midflight.report.html.element import Html, element, joined
from midflight.report.html.finding import finding_of
from midflight.report.html.text import inline
from midflight.report.html.words import duration
from midflight.report.places import shown_path
from midflight.report.visible import one_line
from midflight.report.words import counted

if TYPE_CHECKING:
    from midflight.checks.result import CheckResult


def verdict(result: CheckResult) -> str:
    """Say in a few words what the check came to."""
    found = severities(result.all_findings) or ("not all passed" if result.exit_code else "nothing found")
    return f"{found[:1].upper()}{found[1:]}"


def summary(result: CheckResult, here: Path) -> Html:
    """Say what was checked and what it came to."""
    subject = shown_path(Path(result.subject), here)
    number = counted(len(result.revisions), unit(result))
    return joined(
        element(
            "header",
            element("p", "Midflight check", class_="eyebrow"),
            element("h1", verdict(result), class_="failed" if result.exit_code else "passed"),
            element("p", inline(str(subject)), f": {number}, proven on {one_line(result.server.where)}"),
            *(element("p", f"Note: {one_line(note)}", class_="note") for note in result.notes),
        ),
        element("dl", *_counts(result), class_="counts"),
        _hazards(result),
        *(finding_of(finding, None, ()) for finding in result.findings),
    )


def _counts(result: CheckResult) -> list[Html]:
    has_way_back = unit(result) == REVISION
    named = {
        f"{unit(result).title()}s": outcomes(result),
        "Suppressed": f"{len(result.all_suppressed):,} by comments" if result.all_suppressed else None,
        "Round trips": round_trips(result) if has_way_back else None,
        "Time": duration(result.seconds),
        "Exit code": exit_code(result),
    }
    return [element("div", element("dt", name), element("dd", text)) for name, text in named.items() if text]


def _hazards(result: CheckResult) -> Html | None:
    """List the hazards, each with a bar as long as its share; with scripts a click shows its revisions alone."""
    found = hazards(result)
    if not found:
        return None
    most = max(number for _, number in found)
    return element(
        "section",
        element("h2", "Hazards"),
        element("ul", *(_hazard(name, number, most) for name, number in found), class_="hazards"),
        aria_label="Hazards",
    )


def _hazard(name: str, number: int, most: int) -> Html:
    bar = element("rect", width=f"{100 * number / most:g}%", height=4, rx=2)
    return element(
        "li",
        element("a", one_line(name), href="#revisions", data_hazard=name),
        element("span", f"{number:,}"),
        element("svg", bar, width="100%", height=4, aria_hidden="true"),
    )
