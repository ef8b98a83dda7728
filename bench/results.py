"""From the reports of real histories to the tables about them. It does no I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bench.environments import Application


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one application."""

    name: str
    version: str
    trouble: str | None = None
    """Why its history could not be checked."""
    server: str = ""
    revisions: int = 0
    failed: tuple[str, ...] = ()
    """The revisions that fail, each with its reason."""
    not_run: int = 0
    statements: int = 0
    hazards: dict[str, int] = field(default_factory=dict)
    round_trips: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    remark: str = ""


def read_report(application: Application, document: dict[str, Any], seconds: float) -> Result:
    """Count what a report says.

    Args:
        application: the application.
        document: the report.
        seconds: how long the whole command took.
    """
    revisions, summary = document["revisions"], document["summary"]
    return Result(
        application.name,
        application.version,
        None,
        document["server"]["version"],
        len(revisions),
        tuple(f"{one['title']}: {one['reason']}" for one in revisions if one["outcome"] == "failed"),
        summary["outcomes"].get("not run", 0),
        sum(len(one["statements"]) for one in revisions),
        summary["hazards"],
        summary["round_trips"],
        round(seconds, 1),
        application.remark,
    )


_COLUMNS = (
    "application",
    "revisions",
    "that fail",
    "not run",
    "statements",
    "findings",
    "round trips: same",
    "reordered",
    "differ",
    "fail",
    "irreversible",
    "seconds",
)


def tables(results: Sequence[Result]) -> str:
    """Write what came of the applications, and what was found in how many of them, as Markdown."""
    return "\n".join(
        [
            f"| {' | '.join(_COLUMNS)} |",
            "|---|" + "--:|" * (len(_COLUMNS) - 1),
            *(_row(result) for result in results),
            _sum([result for result in results if not result.trouble]),
            "",
            *_remarks(results),
            "",
            "| hazard | findings | applications |",
            "|---|--:|--:|",
            *_hazards(results),
            "",
        ]
    )


_WAYS = ("same", "reordered", "differs", "failed", "irreversible")


def _row(result: Result) -> str:
    name = f"{result.name} {result.version}"
    if result.trouble:
        return f"| {name} | could not be checked: {result.trouble} |" + " |" * 10
    counts = [
        result.revisions,
        len(result.failed),
        result.not_run,
        result.statements,
        sum(result.hazards.values()),
        *(result.round_trips.get(way, 0) for way in _WAYS),
    ]
    return _cells(name, counts, result.seconds)


def _sum(results: Sequence[Result]) -> str:
    counts = [
        sum(result.revisions for result in results),
        sum(len(result.failed) for result in results),
        sum(result.not_run for result in results),
        sum(result.statements for result in results),
        sum(sum(result.hazards.values()) for result in results),
        *(sum(result.round_trips.get(way, 0) for result in results) for way in _WAYS),
    ]
    return _cells("all", counts, sum(result.seconds for result in results))


def _cells(name: str, counts: Iterable[int], seconds: float) -> str:
    return f"| {name} | {' | '.join(f'{count:,}' for count in counts)} | {seconds:.1f} |"


def _remarks(results: Sequence[Result]) -> list[str]:
    remarks = [f"- {result.name}: {result.remark}." for result in results if result.remark]
    failures = [f"- {result.name} fails at *{failure}*." for result in results for failure in result.failed]
    return remarks + failures


def _hazards(results: Sequence[Result]) -> list[str]:
    found = {hazard for result in results for hazard in result.hazards}
    counted = [
        (sum(r.hazards.get(one, 0) for r in results), sum(one in r.hazards for r in results), one) for one in found
    ]
    return [
        f"| {hazard} | {findings:,} | {applications} |" for findings, applications, hazard in sorted(counted, key=_rank)
    ]


def _rank(counted: tuple[int, int, str]) -> tuple[int, str]:
    findings, _, hazard = counted
    return -findings, hazard
