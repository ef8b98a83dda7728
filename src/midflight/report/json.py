"""From a check's result to the public document, and to its text."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from midflight import __version__
from midflight.report import document
from midflight.report.finding import statement_of
from midflight.report.places import shown_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from midflight.checks.result import CheckResult, RevisionResult, RoundTrip
    from midflight.hazards.finding import Finding
    from midflight.hazards.suppression import Suppressed
    from midflight.trace.record import HeldLock, Relation, TracedStatement


def json_text(result: CheckResult, here: Path) -> str:
    """Write the public document of a check, in ASCII, so that no terminal and no locale can spoil it.

    Args:
        result: what the check found.
        here: the user's current folder: paths within it are shown relative to it.
    """
    return json.dumps(report(result, here).model_dump(), indent=2) + "\n"


def report(result: CheckResult, here: Path) -> document.Report:
    """Make the public document of a check."""
    version = result.server.version
    return document.Report(
        midflight_version=__version__,
        subject=str(shown_path(Path(result.subject), here)),
        server=document.Server(
            version=str(version), major=version.major, origin=result.server.origin, where=result.server.where
        ),
        summary=_summary(result),
        notes=list(result.notes),
        findings=[_finding(finding, ()) for finding in result.findings],
        revisions=[_revision(revision, here) for revision in result.revisions],
    )


def _summary(result: CheckResult) -> document.Summary:
    findings = result.all_findings
    return document.Summary(
        exit_code=result.exit_code,
        revisions=len(result.revisions),
        skipped=result.skipped,
        outcomes=_counts(revision.outcome.value for revision in result.revisions),
        severities=_counts(finding.severity.value for finding in findings),
        hazards=_counts(finding.hazard for finding in findings),
        suppressed=len(result.all_suppressed),
        round_trips=_counts(revision.round_trip.status.value for revision in result.revisions),
        seconds=result.seconds,
    )


def _counts(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))


def _revision(revision: RevisionResult, here: Path) -> document.Revision:
    return document.Revision(
        id=revision.id,
        title=revision.title,
        parents=list(revision.parents),
        phase=revision.phase.value if revision.phase else None,
        path=str(shown_path(revision.path, here)) if revision.path else None,
        outcome=revision.outcome.value,
        reason=revision.reason,
        line=revision.line,
        seconds=revision.seconds,
        statements=[_statement(statement) for statement in revision.statements],
        findings=[_finding(finding, revision.statements) for finding in revision.findings],
        suppressed=[_suppressed(one, revision.statements) for one in revision.suppressed],
        round_trip=_round_trip(revision.round_trip),
        presumed=list(revision.presumed),
    )


def _finding(finding: Finding, statements: Sequence[TracedStatement]) -> document.Finding:
    return document.Finding(
        hazard=finding.hazard,
        severity=finding.severity.value,
        message=finding.message,
        fix=finding.fix or None,
        advice=finding.advice or None,
        table=finding.table or None,
        statement=finding.statement if statement_of(finding, statements) else None,
        line=finding.line,
        basis=finding.basis,
    )


def _suppressed(suppressed: Suppressed, statements: Sequence[TracedStatement]) -> document.Suppressed:
    finding = _finding(suppressed.finding, statements)
    return document.Suppressed(**finding.model_dump(), reason=suppressed.reason)


def _round_trip(round_trip: RoundTrip) -> document.RoundTrip:
    return document.RoundTrip(
        status=round_trip.status.value,
        reason=round_trip.reason,
        line=round_trip.line,
        after_downgrade=list(round_trip.after_downgrade),
        after_second_upgrade=list(round_trip.after_second_upgrade),
        lost=list(round_trip.lost),
    )


def _statement(statement: TracedStatement) -> document.Statement:
    return document.Statement(
        sql=statement.sql,
        line=statement.line,
        transaction=statement.transaction,
        autocommit=statement.autocommit,
        locks_taken=[_lock(lock) for lock in statement.locks_taken],
        locks_held=[_lock(lock) for lock in statement.locks_held],
        rewritten=_names(statement.rewritten),
        scanned=[document.Scan(relation=str(scan.relation.name), rows=scan.rows) for scan in statement.scanned],
        created=[str(name) for name in statement.created],
        started=statement.started,
        seconds=statement.seconds,
        held_seconds=statement.held_seconds,
        error=statement.error,
        sqlstate=statement.sqlstate,
        unobserved=statement.unobserved,
    )


def _lock(lock: HeldLock) -> document.Lock:
    relation = lock.relation
    return document.Lock(
        relation=str(relation.name),
        kind=relation.kind,
        table=str(relation.table) if relation.table else None,
        mode=lock.mode.label,
        blocks_reads=lock.mode.blocks_reads,
        blocks_writes=lock.mode.blocks_writes,
    )


def _names(relations: Iterable[Relation]) -> list[str]:
    return [str(relation.name) for relation in relations]
