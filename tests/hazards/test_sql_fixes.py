"""The SQL of a fix is read by PostgreSQL's grammar, runs as psql runs a file, and is not dangerous in the same way."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import asyncpg
import pytest

from midflight import sql
from midflight.hazards.judge import judge
from midflight.hazards.learning import facts_of
from midflight.hazards.looking import look_at_text, look_at_trace
from midflight.hazards.sql_code import as_sql
from midflight.registry import BUILT_IN_HAZARDS
from midflight.trace.tracer import trace

if TYPE_CHECKING:
    from midflight.hazards.finding import Finding
    from midflight.hazards.hazard import Example, Hazard
    from midflight.pg.addresses import Address

DANGEROUS = [(hazard, example) for hazard in BUILT_IN_HAZARDS for example in hazard.dangerous]
OF_ALEMBIC = re.compile(r"\bop\.|sa\.|autocommit_block|transaction_per_migration|\brevision\b|mapped_column")
ALONE = frozenset({"partial-commit"})
"""Hazards that are not looked for in SQL files."""


def name(value: object) -> str:
    return getattr(value, "id", "")


def finding_of(hazard: Hazard, example: Example, major: int = 18) -> Finding:
    facts = facts_of(sql.parse(piece.text) for piece in sql.split(example.setup))
    sights = look_at_text(sql.split(example.revision), facts, autocommit=example.autocommit, major=major)
    return judge(sights, [hazard], write=as_sql)[0]


RUNNABLE = [(hazard, example) for hazard, example in DANGEROUS if "..." not in finding_of(hazard, example).fix]


def test_few_fixes_leave_something_to_fill_in() -> None:
    left = {hazard.id for hazard, example in DANGEROUS if (hazard, example) not in RUNNABLE}
    assert left == {
        "add-required-column",
        "attach-partition-scans",
        "ddl-and-backfill-in-one-transaction",
        "default-partition-scans",
        "partitioned-index-blocks",
    }


@pytest.mark.parametrize(("hazard", "example"), DANGEROUS, ids=name)
def test_nothing_that_is_said_of_a_file_speaks_of_alembic(hazard: Hazard, example: Example) -> None:
    if hazard.id in ALONE:
        return
    finding = finding_of(hazard, example)
    assert OF_ALEMBIC.search(finding.fix) is None
    assert OF_ALEMBIC.search(finding.advice) is None
    assert OF_ALEMBIC.search(finding.message) is None


@pytest.mark.parametrize(("hazard", "example"), RUNNABLE, ids=name)
async def test_a_fix_runs_and_is_no_longer_dangerous(database: Address, hazard: Hazard, example: Example) -> None:
    connection: asyncpg.Connection = await asyncpg.connect(**database.asyncpg_arguments())
    try:
        for piece in sql.split(example.setup):
            await connection.execute(piece.text)
        major = connection.get_server_version().major
    finally:
        await connection.close()
    async with trace(database) as tracer, tracer.record() as recording:
        watched: asyncpg.Connection = await asyncpg.connect(**tracer.address.asyncpg_arguments())
        try:
            for piece in sql.split(finding_of(hazard, example, major).fix):
                await watched.execute(piece.text)
        finally:
            await watched.close()
        statements = recording.statements()
    assert judge(look_at_trace(statements), [hazard]) == ()


async def test_rows_change_in_batches(database: Address) -> None:
    connection: asyncpg.Connection = await asyncpg.connect(**database.asyncpg_arguments())
    try:
        await connection.execute("CREATE TABLE orders (id int PRIMARY KEY, total int)")
        await connection.execute("INSERT INTO orders SELECT n, n FROM generate_series(1, 2500) n")
        sights = look_at_text(sql.split("UPDATE orders SET total = 0 WHERE total > 1"), autocommit=True)
        unbatched = next(hazard for hazard in BUILT_IN_HAZARDS if hazard.id == "unbatched-update")
        [finding] = judge(sights, [unbatched], write=as_sql)
        await connection.execute(finding.fix)
        changed = await connection.fetch(
            "SELECT count(*) AS rows, count(DISTINCT xmin::text) AS transactions FROM orders WHERE total = 0"
        )
        assert [tuple(row) for row in changed] == [(2499, 3)]
    finally:
        await connection.close()
