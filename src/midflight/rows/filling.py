"""Sends what fills tables, all at once where that goes well, else one by one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import asyncpg

from midflight.rows.facts import read_facts
from midflight.rows.late import late_references
from midflight.rows.order import fill_order
from midflight.rows.plan import Step, plan_step
from midflight.rows.statement import ROWS
from midflight.rows.unfilled import Unfilled

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from midflight.rows.plan import TablePlan

# What a trigger, a function in a CHECK constraint or somebody's lock may take of our time.
_LIMITS = "SET LOCAL statement_timeout = '10s'; SET LOCAL lock_timeout = '5s'"
_WITHOUT_TRIGGERS = "SET LOCAL session_replication_role = replica"
_AT_THE_END = "SET CONSTRAINTS ALL DEFERRED"
_NOW = "SET CONSTRAINTS ALL IMMEDIATE"

_HAS_ROWS = "SELECT EXISTS (SELECT FROM {table})"

# Classes of SQLSTATEs that say nothing about a table: lost connections, lack of resources, operators, broken disks.
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_TROUBLE = ("08", "53", "57P", "58", "XX001", "XX002")

_CONFLICTS = (asyncpg.UniqueViolationError, asyncpg.ExclusionViolationError)


@dataclass(frozen=True, slots=True)
class _Attempt:
    """One way to try it."""

    rows: int = ROWS
    without_triggers: bool = False


async def fill_tables(connection: asyncpg.Connection, tables: Collection[int]) -> dict[int, Unfilled]:
    """Fill the tables of these OIDs, and return those that could not be.

    Args:
        connection: outside of any transaction.
        tables: all that have no rows.
    """
    facts, types = await read_facts(connection, tables)
    empty = frozenset(tables)
    steps = []
    order = list(fill_order(facts))
    for group in order:
        steps.append(plan_step(group, types, empty))
        empty -= {table.oid for table in group}
    if not any(step.hopeless for step in steps) and await _try_all(connection, steps):
        steps = [step for step in steps if not await _has_rows(connection, step)]
    empty = frozenset(plan.table.oid for step in steps for plan in step.plans)
    unfilled: dict[int, Unfilled] = {}
    for planned in steps:
        step = plan_step(tuple(plan.table for plan in planned.plans), types, empty)
        if reason := await _fill_step(connection, step):
            unfilled.update({plan.table.oid: Unfilled(plan.table.name, reason) for plan in step.plans})
        else:
            empty -= {plan.table.oid for plan in step.plans}
    for statement in late_references(order, unfilled):
        await _refer(connection, statement)
    return unfilled


async def _refer(connection: asyncpg.Connection, statement: str) -> None:
    """Let rows refer to rows that came later; where something is against it, they do not."""
    try:
        async with connection.transaction():
            await connection.execute(f"{_LIMITS};\n{statement};\n{_NOW}")
    except asyncpg.PostgresError as error:
        _raise_trouble(error)


async def _try_all(connection: asyncpg.Connection, steps: list[Step]) -> bool:
    """Fill everything in one transaction, and tell whether that went well."""
    try:
        async with connection.transaction():
            await connection.execute(
                ";\n".join([_LIMITS, *(text for step in steps for text in _script(step, _Attempt()))])
            )
    except asyncpg.PostgresError as error:
        _raise_trouble(error)
        return False
    return True


async def _has_rows(connection: asyncpg.Connection, step: Step) -> bool:
    """Tell whether what was inserted is there: triggers and rules may have kept it out."""
    return all(
        [
            await connection.fetchval(_HAS_ROWS.format(table=plan.table.name.sql))
            for plan in step.plans
            if plan.table.has_own_ways
        ]
    )


async def _fill_step(connection: asyncpg.Connection, step: Step) -> str | None:
    """Fill the tables of one step, and return why they could not be; None where they are."""
    if step.hopeless:
        return step.hopeless
    first = reason = error = None
    attempts = [_Attempt()]
    for attempt in attempts:
        error, reason = await _try(connection, step, attempt)
        if reason is None:
            return None
        first = first or reason
        attempts.extend(following for following in _following(step, attempt, error) if following not in attempts)
    return first


def _following(step: Step, attempt: _Attempt, error: asyncpg.PostgresError | None) -> Iterator[_Attempt]:
    """What to try next."""
    if isinstance(error, _CONFLICTS) and attempt.rows > 1:
        yield _Attempt(rows=1, without_triggers=attempt.without_triggers)
    elif not attempt.without_triggers and any(plan.table.has_own_ways for plan in step.plans):
        yield _Attempt(without_triggers=True)


async def _try(
    connection: asyncpg.Connection, step: Step, attempt: _Attempt
) -> tuple[asyncpg.PostgresError | None, str | None]:
    """Try it once; return PostgreSQL's error, and in words what went wrong, where it did."""
    try:
        async with connection.transaction():
            await connection.execute(";\n".join([_LIMITS, *_script(step, attempt)]))
    except asyncpg.PostgresError as error:
        _raise_trouble(error)
        return error, _in_words(error, step)
    return None, None if await _has_rows(connection, step) else "its triggers or rules let no row in"


def _script(step: Step, attempt: _Attempt) -> Iterator[str]:
    if attempt.without_triggers:
        yield _WITHOUT_TRIGGERS
    if step.is_circle:
        yield _AT_THE_END
    for plan in step.plans:
        yield plan.sql(rows=attempt.rows)
    yield _NOW


def _raise_trouble(error: asyncpg.PostgresError) -> None:
    if str(error.sqlstate).startswith(_TROUBLE):
        raise error


def _in_words(error: asyncpg.PostgresError, step: Step) -> str:
    """Write PostgreSQL's message; not its details, which show the row."""
    column = getattr(error, "column_name", None)
    if isinstance(error, asyncpg.NotNullViolationError):
        for plan in step.plans:
            if column in _columns_searched(plan):
                return f"no value of {column} was found that satisfies {plan.searched}"
    return str(error.args[0])


def _columns_searched(plan: TablePlan) -> set[str]:
    return {column for demand in plan.sources.demands for column in demand.columns}
