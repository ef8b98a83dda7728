"""What a check came to, counted in words."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from midflight.checks.result import CheckResult, Outcome, RoundTripStatus
from midflight.errors import ExitCode
from midflight.hazards.hazard import Severity
from midflight.report.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from midflight.hazards.finding import Finding

REVISION, FILE = "revision", "file"


def unit(result: CheckResult) -> str:
    """Say what was run: a revision is a Python file, anything else is a file of SQL."""
    paths = [revision.path for revision in result.revisions]
    return REVISION if all(path is not None and path.suffix in {".py", ".pyc"} for path in paths) else FILE


def outcomes(result: CheckResult) -> str:
    """Count how the revisions ended: ``28 passed, 1 failed``."""
    numbers = Counter(revision.outcome for revision in result.revisions)
    counts = [f"{numbers[outcome]:,} {outcome.value}" for outcome in Outcome if numbers[outcome]] or ["none"]
    if result.skipped:
        counts.append(f"{result.skipped:,} outside of the range")
    return ", ".join(counts)


def severities(findings: Iterable[Finding]) -> str:
    """Count findings: ``2 errors, 1 warning``; empty where there are none."""
    numbers = Counter(finding.severity for finding in findings)
    return ", ".join(counted(numbers[one], one.value) for one in Severity if numbers[one])


def hazards(result: CheckResult) -> list[tuple[str, int]]:
    """Count the findings of each hazard, the most frequent first."""
    numbers = Counter(finding.hazard for finding in result.all_findings)
    return sorted(numbers.items(), key=lambda item: (-item[1], item[0]))


def round_trips(result: CheckResult) -> str:
    """Count what the round trips came to: ``28 same, 1 differs``."""
    numbers = Counter(revision.round_trip.status for revision in result.revisions)
    return ", ".join(f"{numbers[one]:,} {one.value}" for one in RoundTripStatus if numbers[one]) or "none"


def exit_code(result: CheckResult) -> str:
    """Say what the exit code is and what it means."""
    if result.exit_code == ExitCode.FINDINGS:
        return "1, there are findings to deal with before this ships"
    return "0, warnings only" if result.all_findings else "0, nothing was found"
