"""From what was observed of a revision to what is said of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from midflight.catalog import tables
from midflight.checks.absence import explain_absence
from midflight.checks.facts import facts_of
from midflight.checks.losses import message_of, told_loss, unsaid
from midflight.checks.result import Outcome, RevisionResult, RoundTrip, RoundTripStatus
from midflight.checks.sights import worth_telling
from midflight.hazards import (
    downgrade_differs,
    downgrade_fails,
    downgrade_loses_data,
    downgrade_reorders_columns,
    edited_after_apply,
    empty_downgrade,
    fails_on_existing_rows,
    missing_downgrade,
    models_imported_in_revision,
    no_lock_timeout,
    revision_fails,
    several_heads,
)
from midflight.hazards.finding import Finding
from midflight.hazards.hazard import Severity
from midflight.hazards.judge import judge
from midflight.hazards.looking import ALEMBICS_VERSION_TABLE, look_at_trace
from midflight.hazards.sql_code import as_sql
from midflight.trace.record import TracedStatement

if TYPE_CHECKING:
    from collections.abc import Iterable

    from midflight import sql
    from midflight.bridge.environment import Environment
    from midflight.bridge.imports import ImportedModel
    from midflight.bridge.project import Revision
    from midflight.bridge.walk import StepFailure
    from midflight.catalog import Snapshot
    from midflight.checks.proof import Proof
    from midflight.hazards.evidence import Sight
    from midflight.hazards.hazard import Hazard, HistoryHazard
    from midflight.pg.identifiers import QualifiedName
    from midflight.registry import Hazards
    from midflight.shadow.shadow import ServerFacts


_ONLY_ALONE = (
    ". A run of `alembic upgrade` that creates the type as well may hide it, such as a test's from base: within one "
    "run SQLAlchemy creates a type once. On a database that stands at the revision before, it fails"
)
_TYPE_IS_THERE = "Name the type as one that is there: postgresql.ENUM(..., name=..., create_type=False)."


def not_run(revision: Revision, reason: str) -> RevisionResult:
    """Say why a revision could not be run."""
    return RevisionResult(
        revision.id,
        revision.title,
        revision.path,
        Outcome.NOT_RUN,
        reason=reason,
        parents=revision.parents,
        phase=revision.phase,
    )


def result_of(
    revision: Revision,
    proof: Proof,
    environment: Environment,
    server: ServerFacts,
    *,
    hazards: Hazards,
    models: tuple[ImportedModel, ...],
) -> RevisionResult:
    """Say what came of a revision.

    Args:
        revision: the revision.
        proof: what it did on the shadow.
        environment: the project's own settings.
        server: the shadow.
        hazards: those to look for.
        models: what it imports of the application's models.
    """
    statements, failure = worth_telling(proof.up.statements, environment.version_table), proof.failure
    version_table = environment.version_table
    found = findings_of(statements, proof.before, server, version_table.name, hazards.of_statements)
    return RevisionResult(
        id=revision.id,
        title=revision.title,
        path=revision.path,
        outcome=Outcome.FAILED if failure else Outcome.PASSED,
        statements=statements,
        findings=(
            *([_failure(statements, failure, server)] if failure else ()),
            *found,
            *_on_rows(proof, statements, found),
            *_way_back(proof.round_trip),
            *_of_downgrade(proof, server, version_table, hazards.of_downgrades),
            *_imports(models),
        ),
        round_trip=replace(proof.round_trip, lost=tuple(told_loss(loss) for loss in proof.losses)),
        reason=failure.reason if failure else None,
        line=failure.line if failure else None,
        parents=revision.parents,
        phase=revision.phase,
    )


def findings_of(
    statements: tuple[TracedStatement, ...],
    before: Snapshot,
    server: ServerFacts,
    version_table: str,
    hazards: tuple[Hazard, ...],
) -> tuple[Finding, ...]:
    """Put every hazard to every statement."""
    return judge(_look(statements, before, server, version_table), hazards)


def findings_of_script(
    pieces: tuple[sql.Piece, ...],
    statements: tuple[TracedStatement, ...],
    before: Snapshot,
    server: ServerFacts,
    hazards: tuple[Hazard, ...],
) -> tuple[Finding, ...]:
    """Put every hazard to a SQL file: to what ran as it was observed, to what did not by the grammar alone."""
    failures = tuple(
        failure_of(statements, f"PostgreSQL refuses it: {statement.error}", statement.line, server)
        for statement in statements
        if statement.error
    )
    sent = {statement.line for statement in statements}
    unsent = tuple(
        TracedStatement(piece.text, piece.line, 0, autocommit=True, unobserved="it was not run")
        for piece in pieces
        if piece.line not in sent
    )
    sights = _look(statements + unsent, before, server, ALEMBICS_VERSION_TABLE)
    return failures + judge(sights, hazards, write=as_sql) + _unlimited(sights)


def findings_of_history(history: Iterable[Revision], heads: tuple[str, ...]) -> tuple[Finding, ...]:
    """Say what is wrong with the history as a whole."""
    labelled = {revision.id for revision in history if revision.branch_labels}
    loose = [head for head in heads if head not in labelled]
    if len(heads) < 2 or not loose:  # noqa: PLR2004 - two are several
        return ()
    message = f"the history has {len(heads)} heads ({', '.join(sorted(heads))}): `alembic upgrade head` refuses to run"
    return (_finding(several_heads.HAZARD, message, fix=f"alembic merge -m 'merge heads' {' '.join(sorted(heads))}"),)


def findings_of_edited(revisions: Iterable[Revision]) -> tuple[Finding, ...]:
    """Name the revisions whose files are not as they were applied."""
    return tuple(
        _finding(edited_after_apply.HAZARD, f"{revision.path.name} ({revision.id}) is not as it was applied")
        for revision in revisions
    )


def _failure(statements: tuple[TracedStatement, ...], failure: StepFailure, server: ServerFacts) -> Finding:
    """Say why a revision failed."""
    found = failure_of(statements, f"upgrade() fails: {failure.reason}", failure.line, server)
    return (
        replace(found, message=f"{found.message}{_ONLY_ALONE}", advice=_TYPE_IS_THERE) if failure.only_alone else found
    )


def failure_of(statements: tuple[TracedStatement, ...], reason: str, line: int | None, server: ServerFacts) -> Finding:
    """Say that a revision or SQL file failed, and at which statement."""
    failed = [index for index, statement in enumerate(statements) if statement.error and statement.line == line]
    return Finding(
        hazard=revision_fails.HAZARD.id,
        severity=revision_fails.HAZARD.severity,
        message=reason,
        table=None,
        statement=failed[-1] if failed else None,
        line=line,
        basis="observed",
        advice=explain_absence(reason, server) or revision_fails.HAZARD.safe_form,
    )


def _look(
    statements: tuple[TracedStatement, ...], before: Snapshot, server: ServerFacts, version_table: str
) -> tuple[Sight, ...]:
    facts = facts_of(before, statements)
    return look_at_trace(statements, facts, major=server.version.major, version_table=version_table)


def _unlimited(sights: tuple[Sight, ...]) -> tuple[Finding, ...]:
    """Say once that a file sets no limit to its waits."""
    found = no_lock_timeout.first_unlimited(sights)
    if found is None:
        return ()
    sight, table = found
    message = f"nothing limits how long this waits for its lock on {table}, with everybody else queued up behind it"
    return (_finding(no_lock_timeout.HAZARD, message, sight.seen.line, fix=no_lock_timeout.FIX),)


def _on_rows(proof: Proof, statements: tuple[TracedStatement, ...], found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Say that it fails on rows, unless a finding says so already, and what the tables do not get back."""
    hazard = fails_on_existing_rows.HAZARD
    findings = []
    sure = {finding.line for finding in found if finding.hazard in fails_on_existing_rows.SURELY_FAIL}
    for name, failed in (("upgrade", proof.up.on_rows), ("downgrade", proof.down.on_rows if proof.down else None)):
        if failed is None or failed.sql is None or failed.failure.line in sure:
            continue
        message = f"{name}() fails on rows as the tables may hold them: {failed.failure.reason}"
        advice = fails_on_existing_rows.advice_for(failed.sqlstate)
        same = [index for index, statement in enumerate(statements) if statement.sql == failed.sql]
        place = same[0] if same and name == "upgrade" else None
        line = failed.failure.line
        findings.append(Finding(hazard.id, hazard.severity, message, None, place, line, "observed", advice=advice))
    if losses := unsaid(proof.losses, found):
        findings.append(_finding(downgrade_loses_data.HAZARD, message_of(losses)))
    return tuple(findings)


def _of_downgrade(
    proof: Proof, server: ServerFacts, version_table: QualifiedName, hazards: tuple[Hazard, ...]
) -> tuple[Finding, ...]:
    """Say what the way back would do to a service: as warnings, and of tables that were there before the upgrade."""
    if proof.down is None or proof.upgraded is None or proof.down.failure is not None:
        return ()
    statements = worth_telling(proof.down.statements, version_table)
    older = {str(name) for name in tables.table_names(proof.before)}
    found = findings_of(statements, proof.upgraded, server, version_table.name, hazards)
    return tuple(
        replace(finding, severity=Severity.WARNING, message=f"downgrade(): {finding.message}", statement=None)
        for finding in found
        if finding.table in older
    )


def _imports(models: tuple[ImportedModel, ...]) -> tuple[Finding, ...]:
    if not models:
        return ()
    names = ", ".join(dict.fromkeys(model.name for model in models))
    message = f"it imports {names}, which is as the application has it today and not as it was for this revision"
    return (_finding(models_imported_in_revision.HAZARD, message, models[0].line),)


def _way_back(round_trip: RoundTrip) -> tuple[Finding, ...]:
    match round_trip.status:
        case RoundTripStatus.REORDERED:
            message = "after downgrade() and upgrade() the columns stand in another order, and nothing else differs"
            return (_finding(downgrade_reorders_columns.HAZARD, message),)
        case RoundTripStatus.DIFFERS if round_trip.reason:  # the one reason is that it takes nothing back
            return (_finding(empty_downgrade.HAZARD, round_trip.reason),)
        case RoundTripStatus.DIFFERS:
            return (_finding(downgrade_differs.HAZARD, _difference(round_trip)),)
        case RoundTripStatus.FAILED:
            return (_finding(downgrade_fails.HAZARD, round_trip.reason or "", round_trip.line),)
        case RoundTripStatus.IRREVERSIBLE:
            return (_finding(missing_downgrade.HAZARD, round_trip.reason or "", round_trip.line),)
        case _:
            return ()


def _difference(round_trip: RoundTrip) -> str:
    if round_trip.reason:
        return round_trip.reason
    if round_trip.after_downgrade:
        return "downgrade() does not bring the schema back to what it was before upgrade()"
    return "upgrade() after downgrade() does not give the same schema as the first upgrade()"


def _finding(hazard: HistoryHazard, message: str, line: int | None = None, *, fix: str = "") -> Finding:
    advice = "" if fix else hazard.safe_form
    return Finding(hazard.id, hazard.severity, message, None, None, line, "observed", fix, advice)
