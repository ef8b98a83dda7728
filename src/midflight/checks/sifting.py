"""What a team says about what was found: which findings it allows, and how bad the others are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from midflight.checks.result import Outcome, RevisionResult
from midflight.hazards.suppression import sift

if TYPE_CHECKING:
    from midflight.checks.request import Conditions
    from midflight.hazards.allowance import Allowance


def sifted(result: RevisionResult, allowances: tuple[Allowance, ...], conditions: Conditions) -> RevisionResult:
    """Set apart what its comments allow, and give every finding the severity that the settings say.

    A hazard that is off is left out after that, so that a comment which allows it is not called unused.
    """
    complete = result.outcome is Outcome.PASSED
    sifting = sift(result.findings, allowances, conditions.hazards.ids, is_complete=complete)
    weigh = conditions.severities.weigh
    suppressed = tuple(
        replace(one, finding=finding) for one in sifting.suppressed for finding in weigh([one.finding], result.path)
    )
    return replace(result, findings=weigh(sifting.findings, result.path), suppressed=suppressed)
