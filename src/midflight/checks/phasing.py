"""What the phases of a history say of findings: what breaks old code is right in a contract that was prepared for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from midflight.bridge.phases import history_of
from midflight.checks.preparing import PREPARING
from midflight.hazards import contract_without_expand
from midflight.hazards.finding import Finding
from midflight.operations.phase import Phase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from midflight.bridge.project import Revision
    from midflight.checks.result import RevisionResult
    from midflight.phases.history import History
    from midflight.registry import Hazards

BELONGS = (
    'It belongs into a revision that says phase = "contract", which is applied when no instance needs the old shape '
    "any more."
)


def by_phases(
    results: Iterable[RevisionResult],
    revisions: tuple[Revision, ...],
    tables: Mapping[str, frozenset[str]],
    hazards: Hazards,
) -> Iterator[RevisionResult]:
    """Leave out what is no finding in its phase, and say where it belongs otherwise.

    Args:
        results: some of the history's revisions.
        revisions: the whole history.
        tables: what each revision touches that says it prepares for a contract.
        hazards: those that were looked for.
    """
    history, by_id = history_of(revisions), {revision.id: revision for revision in revisions}
    breaking = frozenset(hazard.id for hazard in hazards.of_statements if hazard.breaks_old_code)
    for result in results:
        revision = by_id[result.id]
        if revision.phase is Phase.CONTRACT:
            yield _in_contract(result, _prepared(result.id, history, tables), breaking)
        else:
            yield _before_contract(result, breaking) if revision.declared_phase in PREPARING else result


def _prepared(contract: str, history: History, tables: Mapping[str, frozenset[str]]) -> frozenset[str]:
    return frozenset(table for id_ in history.ancestors(contract) for table in tables.get(id_, ()))


def _in_contract(result: RevisionResult, prepared: frozenset[str], breaking: frozenset[str]) -> RevisionResult:
    taken = [finding for finding in result.findings if finding.hazard in breaking]
    right = [finding for finding in taken if finding.table in prepared]
    unprepared = sorted({finding.table or "" for finding in taken if finding not in right})
    kept = tuple(finding for finding in result.findings if finding not in right)
    return replace(result, findings=(*kept, *([_without_expand(unprepared)] if unprepared else [])))


def _without_expand(tables: list[str]) -> Finding:
    hazard = contract_without_expand.HAZARD
    message = (
        f'no revision before it that says phase = "expand" or "migrate" touches {", ".join(tables)}, of which it takes '
        "something away"
    )
    return Finding(hazard.id, hazard.severity, message, None, None, None, "observed", advice=hazard.safe_form)


def _before_contract(result: RevisionResult, breaking: frozenset[str]) -> RevisionResult:
    findings = (
        replace(one, advice=f"{one.advice}\n\n{BELONGS}".strip()) if one.hazard in breaking else one
        for one in result.findings
    )
    return replace(result, findings=tuple(findings))
