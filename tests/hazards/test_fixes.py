"""The code of a fix runs on Alembic alone, and is not dangerous in the same way."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import alembic.op
import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from midflight import sql
from midflight.hazards.alembic_code import NEXT_REVISION
from midflight.hazards.judge import judge
from midflight.hazards.learning import facts_of
from midflight.hazards.looking import look_at_text, look_at_trace
from midflight.registry import BUILT_IN_HAZARDS
from midflight.trace.tracer import trace

if TYPE_CHECKING:
    from midflight.hazards.hazard import Example, Hazard
    from midflight.pg.addresses import Address

DANGEROUS = [(hazard, example) for hazard in BUILT_IN_HAZARDS for example in hazard.dangerous]


def name(value: object) -> str:
    return getattr(value, "id", "")


def fix_of(hazard: Hazard, example: Example, major: int = 18) -> str:
    facts = facts_of(sql.parse(piece.text) for piece in sql.split(example.setup))
    sights = look_at_text(sql.split(example.revision), facts, autocommit=example.autocommit, major=major)
    return judge(sights, [hazard])[0].fix


def run(address: Address, code: str) -> None:
    engine = sa.create_engine(address.url("postgresql+psycopg"), poolclass=sa.NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"transaction_per_migration": True})
        with context.begin_transaction(_per_migration=True), Operations.context(context):
            exec(code, {"op": alembic.op, "sa": sa})


def major_of(address: Address) -> int:
    with sa.create_engine(address.url("postgresql+psycopg"), poolclass=sa.NullPool).connect() as connection:
        return int(connection.scalar(sa.text("SHOW server_version_num"))) // 10000


RUNNABLE = [(hazard, example) for hazard, example in DANGEROUS if "..." not in fix_of(hazard, example)]


def test_few_fixes_leave_something_to_fill_in() -> None:
    left = {hazard.id for hazard, example in DANGEROUS if (hazard, example) not in RUNNABLE}
    assert left == {
        "add-required-column",
        "attach-partition-scans",
        "ddl-and-backfill-in-one-transaction",
        "default-partition-scans",
    }


def test_each_finding_says_what_to_do() -> None:
    for hazard, example in DANGEROUS:
        facts = facts_of(sql.parse(piece.text) for piece in sql.split(example.setup))
        sights = look_at_text(sql.split(example.revision), facts, autocommit=example.autocommit)
        assert all(bool(finding.fix) != bool(finding.advice) for finding in judge(sights, [hazard])), hazard.id


@pytest.mark.parametrize(("hazard", "example"), DANGEROUS, ids=name)
def test_a_fix_is_python(hazard: Hazard, example: Example) -> None:
    compile(fix_of(hazard, example), hazard.id, "exec")


@pytest.mark.parametrize(("hazard", "example"), RUNNABLE, ids=name)
async def test_a_fix_runs_and_is_no_longer_dangerous(database: Address, hazard: Hazard, example: Example) -> None:
    for piece in sql.split(example.setup):
        await asyncio.to_thread(run, database, execute_outside(piece.text))
    major = await asyncio.to_thread(major_of, database)
    for part in fix_of(hazard, example, major).split(NEXT_REVISION):
        async with trace(database) as tracer, tracer.record() as recording:
            await asyncio.to_thread(run, tracer.address, part)
        assert judge(look_at_trace(recording.statements()), [hazard]) == ()


def execute_outside(text: str) -> str:
    return f"with op.get_context().autocommit_block():\n    op.execute(sa.text({text.replace(':', chr(92) + ':')!r}))"
