"""The check of plain SQL: files run in their order, statement by statement, as psql would run them."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import asyncpg

from midflight.checks.allowances import allowances_in_sql
from midflight.checks.ground import LOSSES, Ground, cannot_go_on, lay_roles, lay_sql, prepare_ground
from midflight.checks.result import CheckResult, Outcome, Progress, RevisionResult
from midflight.checks.sifting import sifted
from midflight.checks.sights import without_secrets
from midflight.checks.sql_text import SqlText, read_script
from midflight.checks.verdict import failure_of, findings_of_script
from midflight.errors import BaselineError, DatabaseError
from midflight.shadow.opening import open_shadow

OF_REVISIONS_ALONE = frozenset({"partial-commit"})
"""Hazards that rest on Alembic's version table: nothing counts a SQL file as applied or not."""

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from midflight.checks.request import Conditions, SqlRequest
    from midflight.shadow.shadow import ServerFacts


async def check_sql(request: SqlRequest, report: Callable[[Progress], None]) -> CheckResult:
    """Check SQL files, each against the schema that the baseline and the files before it leave.

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
        results = []
        try:
            async with prepare_ground(shadow, shadow.address, frozenset()) as ground:
                if baseline is not None:
                    await lay_sql(baseline, shadow.address, shadow.facts)
                    await ground.look()
                for done, script in enumerate(scripts):
                    report(Progress(done, len(scripts), script.name))
                    results.append(await _run(ground, script, shadow.facts, conditions))
        except asyncpg.InsufficientResourcesError as error:
            raise cannot_go_on(shadow.facts, error.sqlstate, str(error)) from error
        except LOSSES as error:
            raise DatabaseError(f"{shadow.facts.where} went away: {error}") from error
        return CheckResult(
            server=shadow.facts,
            subject=", ".join(script.name for script in scripts),
            revisions=tuple(results),
            seconds=time.perf_counter() - began,
        )


async def _run(ground: Ground, script: SqlText, facts: ServerFacts, conditions: Conditions) -> RevisionResult:
    """Run one file; what fails is told and the rest goes on, as in psql."""
    began, before = time.perf_counter(), ground.snapshot
    where: list[int | None] = [None]
    limit = conditions.time_limit
    hazards = tuple(hazard for hazard in conditions.hazards.of_statements if hazard.id not in OF_REVISIONS_ALONE)
    async with ground.tracer.record(lambda: where[0]) as recording:
        connection: asyncpg.Connection = await asyncpg.connect(**ground.tracer.address.asyncpg_arguments())
        try:
            late = await _within(limit, ground, _send(connection, script, where))
        finally:
            await connection.close(timeout=limit)
        statements = tuple(without_secrets(statement) for statement in recording.statements())
    await ground.look()
    failed = next((statement for statement in statements if statement.error), None)
    reason = late or (failed.error if failed else None)
    line = where[0] if late else failed.line if failed else None
    cut_short = [failure_of(statements, late, line, facts)] if late else []
    result = RevisionResult(
        id=script.name,
        title=script.name,
        path=script.path,
        outcome=Outcome.FAILED if reason else Outcome.PASSED,
        statements=statements,
        findings=(*cut_short, *findings_of_script(script.pieces, statements, before, facts, hazards)),
        reason=reason,
        line=line,
        seconds=time.perf_counter() - began,
    )
    return sifted(result, allowances_in_sql(script), conditions)


async def _send(connection: asyncpg.Connection, script: SqlText, where: list[int | None]) -> str | None:
    """Send the statements in their order; return why the connection was lost, where it was."""
    for piece in script.pieces:
        where[0] = piece.line
        try:
            await connection.execute(piece.text)
        except LOSSES as error:
            return f"its connection was lost: {error}"
        except asyncpg.PostgresError:
            continue  # it stands in the trace
    return None


async def _within(limit: float, ground: Ground, sending: Coroutine[None, None, str | None]) -> str | None:
    """Give the file its time; return why it did not end."""
    task = asyncio.create_task(sending)
    done, _ = await asyncio.wait({task}, timeout=limit)
    if not done:
        ground.cut_off()
        await asyncio.wait({task})
        task.exception()
        return f"it did not end within {limit:g} s"
    return task.result()
