"""From findings and the comments that allow some of them to what is still told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from midflight.hazards import invalid_suppression, unused_suppression
from midflight.hazards.finding import Finding
from midflight.hazards.nearest import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from midflight.hazards.allowance import Allowance
    from midflight.hazards.hazard import HistoryHazard


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A finding that a comment allows."""

    finding: Finding
    reason: str
    """As the comment gives it."""


@dataclass(frozen=True, slots=True)
class Sifted:
    """Findings with those set apart that are allowed."""

    findings: tuple[Finding, ...]
    suppressed: tuple[Suppressed, ...]


def sift(
    findings: Iterable[Finding], allowances: Iterable[Allowance], known: frozenset[str], *, is_complete: bool
) -> Sifted:
    """Set apart what is allowed, and find what is wrong with the comments; pure.

    Args:
        findings: those of one revision or SQL file.
        allowances: the comments of its file.
        known: the ids of all hazards.
        is_complete: whether all of it ran, so that a comment without a finding is unused.
    """
    findings, allowances = tuple(findings), tuple(allowances)
    valid = [one for one in allowances if one.reason]
    kept = [finding for finding in findings if _allowing(finding, valid) is None]
    unused = [_unused(one, name) for one, name in _unused_names(findings, valid, known)] if is_complete else []
    invalid = [trouble for one in allowances for trouble in _invalid(one, known)]
    suppressed = [
        Suppressed(finding, allowing.reason)
        for finding in findings
        if (allowing := _allowing(finding, valid)) is not None
    ]
    return Sifted((*kept, *invalid, *unused), tuple(suppressed))


def _allowing(finding: Finding, allowances: Iterable[Allowance]) -> Allowance | None:
    return next((one for one in allowances if _allows(one, finding.hazard, finding)), None)


def _allows(allowance: Allowance, name: str, finding: Finding) -> bool:
    return name in allowance.hazards and name == finding.hazard and allowance.covers(finding.line)


def _unused_names(
    findings: tuple[Finding, ...], allowances: Iterable[Allowance], known: frozenset[str]
) -> Iterator[tuple[Allowance, str]]:
    for allowance in allowances:
        for name in allowance.hazards:
            if name in known and not any(_allows(allowance, name, finding) for finding in findings):
                yield allowance, name


def _unused(allowance: Allowance, name: str) -> Finding:
    where = "this file" if allowance.lines is None else "the statement at this comment"
    return _finding(unused_suppression.HAZARD, f"{name} is allowed here, but {where} does not have it", allowance.line)


def _invalid(allowance: Allowance, known: frozenset[str]) -> Iterator[Finding]:
    if not allowance.hazards:
        yield _finding(invalid_suppression.HAZARD, "this comment is not understood", allowance.line)
    elif not allowance.reason:
        names = ", ".join(allowance.hazards)
        yield _finding(invalid_suppression.HAZARD, f"this allows {names} without a reason", allowance.line)
    for name in allowance.hazards:
        if name not in known:
            message = f"there is no hazard {name!r}; {suggestion(name, known)}"
            yield _finding(invalid_suppression.HAZARD, message, allowance.line)


def _finding(hazard: HistoryHazard, message: str, line: int) -> Finding:
    return Finding(hazard.id, hazard.severity, message, None, None, line, "observed", advice=hazard.safe_form)
