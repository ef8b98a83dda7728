"""Properties that hold for any chain of operations on any table. ``make soak`` tries many more."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
from hypothesis import HealthCheck, given, settings

from hazards.test_on_server import send_watched
from midflight import sql
from midflight.catalog import CatalogWatch
from midflight.checks.facts import facts_of
from midflight.hazards.hazard import Example
from midflight.hazards.judge import judge
from midflight.hazards.looking import look_at_text, look_at_trace
from midflight.registry import BUILT_IN_HAZARDS
from operations.cycle import Case, applied, hazards_of, write
from operations.random_chains import Chain, chains

if TYPE_CHECKING:
    from midflight.pg.addresses import Address
    from operations.stage import Stage

EXAMPLES = int(os.environ.get("MIDFLIGHT_TEST_EXAMPLES", "6"))
OURS = settings(
    max_examples=EXAMPLES,
    deadline=None,  # a server does the work
    derandomize="MIDFLIGHT_TEST_EXAMPLES" not in os.environ,
    database=None,
    suppress_health_check=list(HealthCheck),  # the server is shared by all examples, and a chain takes its time
)


def case_of(chain: Chain) -> Case:
    return Case("chain", setup=chain.setup, up="\n".join(chain.up) or "pass", down="\n".join(chain.down), effect="")


@OURS
@given(chain=chains())
def test_up_down_and_up_again_lead_to_the_same_catalog_without_a_hazard(stage: Stage, chain: Chain) -> None:
    if not chain.up:
        return
    case = case_of(chain)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, case, "asyncpg")
        database = stage.clone(case.setup)
        try:
            before = stage.snapshot(database)
            applied(folder, database)
            after = stage.snapshot(database)
            applied(folder, database, down=True)
            assert stage.snapshot(database) == before
            applied(folder, database)
            assert stage.snapshot(database) == after
        finally:
            stage.drop(database)
        assert hazards_of(stage, folder, case) == frozenset()


@OURS
@given(chain=chains())
def test_the_grammar_and_the_trace_find_the_same_hazards(stage: Stage, chain: Chain) -> None:
    example = Example(setup=chain.setup, revision="; ".join(chain.stock))
    database = stage.clone(example.setup)
    try:
        observed, read = stage.thread.call(found_both_ways(database, example))
    finally:
        stage.drop(database)
    assert observed == read, chain.stock


async def found_both_ways(database: Address, example: Example) -> tuple[list[set[str]], list[set[str]]]:
    """The hazards of each statement: as it was seen to run, and as its text and the catalog tell."""
    connection: asyncpg.Connection = await asyncpg.connect(**database.asyncpg_arguments())
    try:
        before = await CatalogWatch(connection).refresh()
        major = connection.get_server_version().major
    finally:
        await connection.close()
    statements = await send_watched(database, example, may_fail=False)
    pieces = sql.split(example.revision)
    facts = facts_of(before, statements)
    observed = judge(look_at_trace(statements, facts, major=major), BUILT_IN_HAZARDS)
    read = judge(look_at_text(pieces, facts, major=major), BUILT_IN_HAZARDS)
    return tuple(  # type: ignore[return-value]  # two of them
        [{finding.hazard for finding in findings if finding.statement == place} for place in range(len(pieces))]
        for findings in (observed, read)
    )
