"""The end of a terminal report: what it all came to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from midflight.report.counts import REVISION, exit_code, hazards, outcomes, round_trips, severities, unit
from midflight.report.lines import Line, said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.checks.result import CheckResult


def summary_lines(result: CheckResult) -> Iterator[Line]:
    """Count the revisions, the findings by hazard and the round trips, and say what the exit code means."""
    yield _row(f"{unit(result).title()}s", outcomes(result))
    yield _row("Findings", severities(result.all_findings) or "none")
    for hazard, number in hazards(result):
        yield said(f"{number:>5,} {hazard}", depth=6, hanging=3)
    if result.all_suppressed:
        yield _row("Suppressed", f"{len(result.all_suppressed):,} by comments")
    if unit(result) == REVISION:  # a file of SQL has no way back
        yield _row("Round trips", round_trips(result))
    yield _row("Time", f"{result.seconds:,.1f} s")
    yield _row("Exit code", exit_code(result), "bold red" if result.exit_code else "bold green")


def _row(name: str, text: str, style: str = "") -> Line:
    return Line(Text.assemble((f"{name:<12}", "bold"), (text, style)), hanging=6)
