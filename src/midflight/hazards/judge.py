"""Puts every hazard to every statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.alembic_code import as_alembic
from midflight.hazards.finding import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from midflight.hazards.evidence import Sight
    from midflight.hazards.fix import Fix
    from midflight.hazards.hazard import Harm, Hazard


def judge(
    sights: Iterable[Sight], hazards: Iterable[Hazard], *, write: Callable[[Fix], str] = as_alembic
) -> tuple[Finding, ...]:
    """Return what the hazards see, in the order of the statements; pure.

    Args:
        sights: the statements.
        hazards: what to look for.
        write: in which form the safe ones are written, see :mod:`midflight.hazards.fix`.
    """
    hazards = tuple(hazards)
    return tuple(
        _finding(hazard, sight, harm, write) for sight in sights for hazard in hazards for harm in hazard.check(sight)
    )


def _finding(hazard: Hazard, sight: Sight, harm: Harm, write: Callable[[Fix], str]) -> Finding:
    return Finding(
        hazard=hazard.id,
        severity=hazard.severity,
        message=harm.message,
        table=harm.table,
        statement=sight.index,
        line=sight.seen.line,
        basis="observed" if sight.seen.observed else "grammar",
        fix=harm.fix if isinstance(harm.fix, str) else write(harm.fix),
        advice=harm.advice,
    )
