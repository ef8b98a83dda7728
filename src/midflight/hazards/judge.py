"""Puts every hazard to every statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable

    from midflight.hazards.evidence import Sight
    from midflight.hazards.hazard import Harm, Hazard


def judge(sights: Iterable[Sight], hazards: Iterable[Hazard]) -> tuple[Finding, ...]:
    """Return what the hazards see, in the order of the statements; pure."""
    hazards = tuple(hazards)
    return tuple(
        _finding(hazard, sight, harm) for sight in sights for hazard in hazards for harm in hazard.check(sight)
    )


def _finding(hazard: Hazard, sight: Sight, harm: Harm) -> Finding:
    return Finding(
        hazard=hazard.id,
        severity=hazard.severity,
        message=harm.message,
        table=harm.table,
        statement=sight.index,
        line=sight.seen.line,
        basis="observed" if sight.seen.observed else "grammar",
        fix=harm.fix,
        advice=harm.advice,
    )
