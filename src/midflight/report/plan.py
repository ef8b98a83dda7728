"""What an upgrade would do, for people."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rich.text import Text

from midflight.checks.estimates import Work
from midflight.checks.result import Outcome
from midflight.report.amounts import duration, number_of, size
from midflight.report.counts import outcomes, severities
from midflight.report.deeds import failure, locking
from midflight.report.finding import STYLES, finding_lines
from midflight.report.lines import BLANK, Line, kept, laid_out, said
from midflight.report.phases import gate_lines
from midflight.report.places import place
from midflight.report.visible import Size, excerpt, one_line
from midflight.report.words import counted, disturbing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from midflight.checks.estimates import Estimate
    from midflight.checks.planning import Plan, PlannedRevision, PlannedStatement, Touch
    from midflight.hazards.finding import Finding
    from midflight.report.lines import Page

SQL_SHOWN = Size(lines=6, characters=600)
_MOMENT = 0.05
"""Seconds below which nobody waits."""
_DOES = {
    Work.SCAN: "reads every row of",
    Work.INDEX: "builds an index over",
    Work.REWRITE: "rewrites",
    Work.WRITE: "changes rows of",
}


def plan_text(plan: Plan, here: Path, page: Page) -> str:
    """Write a plan for people.

    Args:
        plan: what an upgrade would do.
        here: the user's current folder: paths within it are shown shorter.
        page: what it is laid out for.
    """
    return laid_out(plan_lines(plan, here), page)


def plan_lines(plan: Plan, here: Path) -> Iterator[Line]:
    """Tell each statement of each pending revision, and what it all comes to."""
    checked = plan.checked
    number = counted(len(plan.revisions), "pending revision")
    yield said(f"{checked.database}: {number}, proven on {checked.server.where}", "bold", hanging=1)
    for note in checked.notes:
        yield said(f"note: {note}", hanging=1)
    yield BLANK
    for finding in checked.findings:
        yield from finding_lines(finding, (), None)
    for revision in plan.revisions:
        yield from _revision(plan, revision, here)
    if plan.revisions:
        yield from _summary(plan)
    else:
        yield said("There is nothing to upgrade.", "green")


def estimate_text(estimate: Estimate) -> str:
    """Write a time as a range, such as ``2.0 s to 1 min 10 s``."""
    if estimate.most < _MOMENT:
        return "a moment"
    if estimate.least < _MOMENT:
        return f"up to {duration(estimate.most)}"
    return f"{duration(estimate.least)} to {duration(estimate.most)}"


def _revision(plan: Plan, revision: PlannedRevision, here: Path) -> Iterator[Line]:
    result = revision.result
    title = "" if result.title == result.id else f"  {one_line(result.title)}"
    phase = f"  ({result.phase.value})" if result.phase else ""
    yield Line(Text.assemble((one_line(result.id), "bold"), title, (phase, "dim")), 0, 1)
    for gate in plan.checked.gates:
        if gate.contract == result.id:
            yield from gate_lines(gate, depth=1)
    if not revision.statements and result.outcome is Outcome.PASSED:
        yield said("changes nothing", "dim", depth=1)
    for statement in revision.statements:
        yield from _statement(plan, statement)
    if result.outcome is not Outcome.PASSED:
        yield said(f"{result.outcome.value}: {result.reason or 'no reason is known'}", "bold red", depth=1, hanging=1)
        yield said(place(result.path, result.line, here), "dim", depth=1)
    for finding in revision.findings:
        yield _finding(finding, 1)
    yield BLANK


def _statement(plan: Plan, planned: PlannedStatement) -> Iterator[Line]:
    statement = planned.statement
    yield from kept(excerpt(statement.sql, SQL_SHOWN), "cyan", depth=1)
    held = disturbing(statement.locks_held)
    for text in locking(disturbing(planned.locks, statement.locks_held), held):
        yield said(text.replace("took ", "takes ", 1).replace("ran under", "runs under", 1), depth=2, hanging=1)
    for touch in planned.touches:
        yield said(_touch(touch), depth=2, hanging=1)
        if plan.is_large(touch):
            yield said(f"warning: {touch.what.table} has {plan.large_rows:,} rows or more", "bold yellow", depth=2)
    if failed := failure(statement):
        yield said(failed, "red", depth=2, hanging=1)
    for finding in planned.findings:
        yield _finding(finding, 2)


def _touch(touch: Touch) -> str:
    deed = f"{_DOES[touch.what.work]} {touch.what.table}"
    if touch.size is None:
        return f"{deed}, which the database does not have yet"
    if touch.is_left_to_workers:
        rows = number_of(touch.size.rows or 0)
        return f"not here: {touch.what.table} has {rows}, which are left to the workers (midflight backfill run)"
    if touch.bytes == 0 or touch.size.rows == 0:
        return f"{deed}, which is empty"
    rows = number_of(touch.size.rows) if touch.size.rows is not None else "it was never analyzed"
    how = ", twice" if touch.what.passes > 1 else ", at most all of them" if touch.what.at_most else ""
    return f"{deed}{how}: {rows}, {size(touch.bytes)}; {estimate_text(touch.estimate)}"


def _finding(finding: Finding, depth: int) -> Line:
    severity = (finding.severity.value, STYLES[finding.severity])
    return Line(Text.assemble(severity, f" {one_line(finding.hazard)}"), depth, 1)


def _summary(plan: Plan) -> Iterator[Line]:
    found = severities(plan.checked.all_findings)
    yield _row("Revisions", outcomes(replace(plan.checked, skipped=0)))
    yield _row("Statements", f"{len(plan.statements):,}")
    yield _row("Reads wait", _wait(plan.reads_wait))
    yield _row("Writes wait", _wait(plan.writes_wait))
    yield _row("Time", f"{estimate_text(plan.estimate)}, and what is waited for locks")
    yield _row("Findings", f"{found}; midflight check --pending tells more" if found else "none")


def _wait(estimate: Estimate) -> str:
    return estimate_text(estimate) if estimate else "no longer than a change of the catalog takes"


def _row(name: str, text: str) -> Line:
    return Line(Text.assemble((f"{name:<12}", "bold"), text), hanging=6)
