"""One step of a revision under watch; where it fails on the rows that are there, once more without them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from midflight.bridge.walk import Direction, StepFailure, Walk

if TYPE_CHECKING:
    from midflight.bridge.project import Revision
    from midflight.checks.ground import Ground
    from midflight.trace.record import TracedStatement

SAYS_NOTHING_OF_ROWS = ("42", "53")
"""Classes of SQLSTATEs: syntax errors, undefined and duplicate objects; a server that lacks a resource.
https://www.postgresql.org/docs/current/errcodes-appendix.html"""


@dataclass(frozen=True, slots=True)
class Stepped:
    """What one step did."""

    statements: tuple[TracedStatement, ...]
    failure: StepFailure | None = None
    on_rows: RowsFailure | None = None
    """How it failed on rows, where it did and succeeded without them: ``statements`` are those of the success."""
    suspect: RowsFailure | None = None
    """How it failed with rows, where it then failed without them too, for whatever reason."""


@dataclass(frozen=True, slots=True)
class RowsFailure:
    """A failure that rows alone brought about."""

    failure: StepFailure
    sql: str | None
    """The statement that PostgreSQL refused; None where it was the revision's own code that failed."""
    sqlstate: str | None


async def step(ground: Ground, walk: Walk, direction: Direction, revision: Revision, limit: float) -> Stepped:
    """Run a revision one way and learn what that did to the catalog.

    A failure that left the schema as it was is tried once more without rows: then it tells what is to blame.
    """
    before = ground.snapshot
    first = await _once(ground, walk, direction, revision, limit)
    failure = on_rows(ground, first)
    if failure is None or ground.snapshot != before:
        return first
    if await ground.rows.empty_concerned(first.statements):  # to fill all tables again takes its time
        second = await _once(ground, walk, direction, revision, limit)
        if second.failure is None:
            return replace(second, on_rows=failure)
        if ground.snapshot != before:
            return second
    await ground.rows.empty()
    last = await _once(ground, walk, direction, revision, limit)
    if last.failure is not None:
        return replace(first, suspect=failure) if ground.snapshot == before else last
    return replace(last, on_rows=failure)


async def step_again(
    ground: Ground, walk: Walk, revision: Revision, limit: float, first: Stepped
) -> StepFailure | None:
    """Upgrade a second time, unwatched: it does what the first time did."""
    failure = await walk.step(Direction.UP, revision, limit=limit, cut_off=ground.cut_off)
    ground.rows.note(first.statements)
    await ground.look()
    return failure


def on_rows(ground: Ground, stepped: Stepped) -> RowsFailure | None:
    """Tell how a step failed, if it did, and rows may be to blame."""
    failure = stepped.failure
    if failure is None or not ground.rows.are_there:
        return None
    if failure.not_implemented or failure.timed_out or failure.only_alone:
        return None
    refused = next((statement for statement in reversed(stepped.statements) if statement.error), None)
    if refused is None:
        return RowsFailure(failure, None, None)
    if (refused.sqlstate or "").startswith(SAYS_NOTHING_OF_ROWS):
        return None
    return RowsFailure(failure, refused.sql, refused.sqlstate)


async def _once(ground: Ground, walk: Walk, direction: Direction, revision: Revision, limit: float) -> Stepped:
    async with ground.tracer.record(walk.sender) as recording:
        failure = await walk.step(direction, revision, limit=limit, cut_off=ground.cut_off)
        statements = recording.statements()
    ground.rows.note(statements)
    await ground.look()
    return Stepped(_told_once(statements) if failure and failure.only_alone else statements, failure)


def _told_once(statements: tuple[TracedStatement, ...]) -> tuple[TracedStatement, ...]:
    """Leave out what came before the failure of a revision that was then run again, and sent it for a second time."""
    failed = next((index for index, statement in enumerate(statements) if statement.error), 0)
    return statements[failed:]
