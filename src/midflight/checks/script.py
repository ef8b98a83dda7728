"""The check of plain SQL: files run in their order, statement by statement, as psql would run them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import asyncpg

from midflight.checks.allowances import allowances_in_sql
from midflight.checks.ground import LOSSES, cannot_go_on, lay_roles, lay_sql, prepare_ground
from midflight.checks.presumed import with_presumed_types, without_presumed_failures
from midflight.checks.presuming import Presuming
from midflight.checks.result import CheckResult, Outcome, Progress, RevisionResult
from midflight.checks.running import Ran, run_script
from midflight.checks.sifting import sifted
from midflight.checks.sights import without_secrets
from midflight.checks.sql_text import SqlText, read_script
from midflight.checks.verdict import failure_of, findings_of_script
from midflight.errors import BaselineError, DatabaseError
from midflight.presupposed.presumption import NOTHING
from midflight.shadow.opening import open_shadow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from midflight.checks.request import Conditions, SqlRequest
    from midflight.presupposed.presumption import Presumption
    from midflight.shadow.shadow import ServerFacts, Shadow

OF_REVISIONS_ALONE = frozenset({"partial-commit"})
"""Hazards that rest on Alembic's version table: nothing counts a SQL file as applied or not."""


async def check_sql(request: SqlRequest, report: Callable[[Progress], None]) -> CheckResult:
    """Check SQL files, each against the schema that the baseline and the files before it leave.

    Without a baseline the schema is presumed from the files themselves.

    Raises:
        SqlFileError: a file could not be read or is no SQL.
        BaselineError: the baseline could not be applied.
        DatabaseError: the shadow could not be had, or went away.
    """
    began = time.perf_counter()
    conditions = request.conditions
    baseline = conditions.baseline_file
    if conditions.baseline is not None and baseline is None:
        raise BaselineError(f"baseline {conditions.baseline}: plain SQL takes a SQL file as its baseline")
    scripts = [read_script(file) for file in request.files]
    report(Progress(0, len(scripts), "starting the shadow"))
    async with open_shadow(conditions.choice, start_limit=conditions.start_limit) as shadow:
        await lay_roles(conditions, shadow)
        presumption, notes = NOTHING, tuple[str, ...]()
        try:
            if baseline is not None:
                runs = await _run_after(baseline, scripts, shadow, conditions, report)
            else:
                presuming = Presuming(shadow, conditions, scripts, report)
                runs = await presuming.run()
                presumption, notes = presuming.presumption, presuming.notes
        except asyncpg.InsufficientResourcesError as error:
            raise cannot_go_on(shadow.facts, error.sqlstate, str(error)) from error
        except LOSSES as error:
            raise DatabaseError(f"{shadow.facts.where} went away: {error}") from error
        return CheckResult(
            server=shadow.facts,
            subject=", ".join(script.name for script in scripts),
            revisions=tuple(
                _result(number, ran, presumption, shadow.facts, conditions) for number, ran in enumerate(runs)
            ),
            notes=notes,
            seconds=time.perf_counter() - began,
        )


async def _run_after(
    baseline: Path,
    scripts: Sequence[SqlText],
    shadow: Shadow,
    conditions: Conditions,
    report: Callable[[Progress], None],
) -> list[Ran]:
    """Run the files on the schema that a file lays."""
    async with prepare_ground(shadow, shadow.address, frozenset()) as ground:
        await lay_sql(baseline, shadow.address, shadow.facts)
        await ground.look()
        runs = []
        for done, script in enumerate(scripts):
            report(Progress(done, len(scripts), script.name))
            runs.append(await run_script(ground, script, conditions.time_limit))
        return runs


def _result(
    number: int, ran: Ran, presumption: Presumption, facts: ServerFacts, conditions: Conditions
) -> RevisionResult:
    """Say what came of one file."""
    hazards = tuple(hazard for hazard in conditions.hazards.of_statements if hazard.id not in OF_REVISIONS_ALONE)
    places = [None if piece is None else (number, piece) for piece in ran.pieces]
    statements = tuple(map(without_secrets, without_presumed_failures(ran.statements, places, presumption)))
    failed = next((statement for statement in statements if statement.error), None)
    reason = ran.late or (failed.error if failed else None)
    line = ran.late_line if ran.late else failed.line if failed else None
    cut_short = [failure_of(statements, ran.late, line, facts)] if ran.late else []
    findings = findings_of_script(ran.script.pieces, statements, ran.before, facts, hazards)
    result = RevisionResult(
        id=ran.script.name,
        title=ran.script.name,
        path=ran.script.path,
        outcome=Outcome.FAILED if reason else Outcome.PASSED,
        statements=statements,
        findings=(*cut_short, *with_presumed_types(findings, places, presumption)),
        reason=reason,
        line=line,
        seconds=ran.seconds,
        presumed=presumption.described[number] if presumption.described else (),
    )
    return sifted(result, allowances_in_sql(ran.script), conditions)
