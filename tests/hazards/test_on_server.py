"""Every example of every hazard on real servers: what is observed there must agree with what its text tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg
import pytest

from midflight import sql
from midflight.catalog import CatalogWatch
from midflight.checks.facts import facts_of
from midflight.hazards.judge import judge
from midflight.hazards.looking import look_at_trace
from midflight.registry import BUILT_IN_HAZARDS
from midflight.trace.tracer import trace

if TYPE_CHECKING:
    from midflight.hazards.finding import Finding
    from midflight.hazards.hazard import Example, Hazard
    from midflight.pg.addresses import Address
    from midflight.trace.record import TracedStatement

FAILS = frozenset({"concurrently-in-transaction", "add-required-column", "enum-value-used-in-same-transaction"})
"""Hazards whose whole harm is that PostgreSQL refuses the statement."""

DANGEROUS = [(hazard, example) for hazard in BUILT_IN_HAZARDS for example in hazard.dangerous]
SAFE = [(hazard, example) for hazard in BUILT_IN_HAZARDS for example in hazard.safe]


def name(value: object) -> str:
    return getattr(value, "id", "")


async def judged_on_server(
    database: Address, example: Example, *, may_fail: bool = False
) -> tuple[tuple[Finding, ...], tuple[TracedStatement, ...]]:
    """Judge an example as a check does: with what the catalog tells of its tables."""
    connection = await asyncpg.connect(**database.asyncpg_arguments())
    try:
        for piece in sql.split(example.setup):
            await connection.execute(piece.text)
        before = await CatalogWatch(connection).refresh()
        major = connection.get_server_version().major
    finally:
        await connection.close()
    statements = await send_watched(database, example, may_fail=may_fail)
    sights = look_at_trace(statements, facts_of(before, statements), major=major)
    return judge(sights, BUILT_IN_HAZARDS), statements


async def send_watched(database: Address, example: Example, *, may_fail: bool) -> tuple[TracedStatement, ...]:
    async with trace(database) as tracer:
        connection = await asyncpg.connect(**tracer.address.asyncpg_arguments())
        try:
            async with tracer.record() as recording:
                await send(connection, example, may_fail=may_fail)
            return recording.statements()
        finally:
            await connection.close()


async def send(connection: asyncpg.Connection, example: Example, *, may_fail: bool) -> None:
    transaction = None if example.autocommit else connection.transaction()
    if transaction:
        await transaction.start()
    try:
        for piece in sql.split(example.revision):
            await connection.execute(piece.text)
    except asyncpg.PostgresError:
        if not may_fail:
            raise
    if transaction:
        await transaction.rollback()


@pytest.mark.usefixtures("archive")
@pytest.mark.parametrize(("hazard", "example"), DANGEROUS, ids=name)
async def test_a_dangerous_example_is_seen_by_its_hazard_and_no_other(
    database: Address, hazard: Hazard, example: Example
) -> None:
    findings, statements = await judged_on_server(database, example, may_fail=hazard.id in FAILS)
    assert {finding.hazard for finding in findings} == {hazard.id, *example.also}
    for finding in findings:
        statement = statements[finding.statement or 0]
        was_watched = statement.unobserved is None and statement.error is None
        assert finding.basis == ("observed" if was_watched else "grammar")


@pytest.mark.usefixtures("archive")
@pytest.mark.parametrize(("hazard", "example"), SAFE, ids=name)
async def test_a_safe_example_runs_and_is_seen_by_none(database: Address, hazard: Hazard, example: Example) -> None:
    findings, _ = await judged_on_server(database, example)
    assert {finding.hazard for finding in findings} == set(example.also), hazard.id
