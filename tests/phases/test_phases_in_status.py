"""``midflight status`` and ``midflight plan`` tell which contracts wait, what holds them back, and who is alive."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from checks.projects import Revision, env_py, write_project
from midflight.bridge.project import ProjectSource
from midflight.checks.planning import plan as make_plan
from midflight.checks.status import Status, StatusRequest, read_status
from midflight.cli.flags import CheckFlags
from midflight.cli.live_request import plan_request_of
from midflight.report.lines import Page
from midflight.report.plan import plan_text
from midflight.report.plan_json import plan_json
from midflight.report.status import status_text
from midflight.report.status_json import status_json
from phases.ledgers import add_backfill, add_instance, add_worker, make_ledger, set_state

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.pg.addresses import Address
    from operations.stage import Stage

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "plan-and-status.md").read_text()
SETUP = """
CREATE TABLE t (id int PRIMARY KEY, n int, m int);
CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
INSERT INTO alembic_version VALUES ('b2')
"""
TABLE = "op.execute('CREATE TABLE t (id int PRIMARY KEY, n int)')"
HISTORY = (
    Revision("a1", up=TABLE, down="op.execute('DROP TABLE t')"),
    Revision("b2", after="a1", phase="expand", up="op.execute('ALTER TABLE t ADD COLUMN m int')"),
    Revision("c3", after="b2", phase="contract", up="op.execute('ALTER TABLE t DROP COLUMN n')", down=None),
)


@pytest.fixture
def database_at_expand(stage: Stage, tmp_path: Path) -> Iterator[Address]:
    """A database that has got the expand phase; its project is in the folder ``tmp_path``."""
    address = stage.clone(SETUP)
    write_project(tmp_path, *HISTORY, env=env_py("asyncpg", url=address.url("postgresql+asyncpg")))
    yield address
    stage.drop(address)


def look(folder: Path) -> tuple[Status, dict[str, Any], str]:
    status = asyncio.run(read_status(StatusRequest(ProjectSource(folder / "alembic.ini"), folder)))
    return status, json.loads(status_json(status)), " ".join(status_text(status, Page(width=200)).split())


def test_a_contract_that_waits_is_no_trouble(database_at_expand: Address, tmp_path: Path) -> None:
    assert database_at_expand
    status, document, told = look(tmp_path)
    assert not status.needs_attention
    assert document["contracts"] == [{"id": "c3", "title": "Revision c3.", "gates": []}]
    assert (document["backfills"], document["instances"]) == ([], [])
    assert document["history"]["pending"] == [{"id": "c3", "title": "Revision c3.", "phase": "contract"}]
    assert "up to date, but for the contract phase" in told
    assert "its gates are open: midflight upgrade --phase contract" in told


def test_what_holds_it_back_and_who_is_alive(stage: Stage, database_at_expand: Address, tmp_path: Path) -> None:
    make_ledger(stage, database_at_expand)
    add_backfill(stage, database_at_expand, "fill_m", state="running", revision="b2", done=1200, failures=2)
    add_worker(stage, database_at_expand, "fill_m", brake="replication lag 14 s > 10 s")
    add_instance(stage, database_at_expand, "b2")
    add_instance(stage, database_at_expand, "f00", host="canary")
    _, document, told = look(tmp_path)
    [contract] = document["contracts"]
    assert [(gate["kind"], gate["contract"]) for gate in contract["gates"]] == [("backfill", "c3"), ("instance", "c3")]
    [backfill] = document["backfills"]
    assert (backfill["rows_read"], backfill["failures"], backfill["workers"]) == (1200, 2, 1)
    assert [one["unknown"] for one in document["instances"]] == [False, True]
    keys = (*contract, *contract["gates"][0], *backfill, *document["instances"][0])
    assert [key for key in keys if f"`{key}`" not in PAGE] == []

    assert "held back: the backfill fill_m of t is running: 1,200 of about 50,000 rows done, 2 failed" in told
    assert "midflight backfill status fill_m" in told
    assert "1 worker; brake: replication lag 14 s > 10 s" in told
    assert "shop 1.4 (web-1, process 12): built for b2; seen" in told
    assert "built for f00, which this history does not have: taken for a newer one" in told


def test_a_backfill_that_has_failed_needs_attention(stage: Stage, database_at_expand: Address, tmp_path: Path) -> None:
    make_ledger(stage, database_at_expand)
    add_backfill(stage, database_at_expand, "fill_m", state="failed", revision="b2")
    assert look(tmp_path)[0].needs_attention
    set_state(stage, database_at_expand, "fill_m", "finished")
    status, _, told = look(tmp_path)
    assert not status.needs_attention
    assert "fill_m of t: finished" in told


def test_of_backfills_that_have_ended_only_the_newest_are_told(
    stage: Stage, database_at_expand: Address, tmp_path: Path
) -> None:
    make_ledger(stage, database_at_expand)
    for number in range(5):
        add_backfill(stage, database_at_expand, f"done_{number}", state="finished", revision="b2")
    _, document, told = look(tmp_path)
    assert len(document["backfills"]) == 5
    assert [number for number in range(5) if f"done_{number}" in told] == [2, 3, 4]


def test_who_may_not_read_the_ledger_is_told_so(stage: Stage, database_at_expand: Address, tmp_path: Path) -> None:
    make_ledger(stage, database_at_expand)
    reader = f"reader_{database_at_expand.database}"
    stage.send(database_at_expand, f'CREATE ROLE "{reader}" LOGIN; GRANT SELECT ON alembic_version TO "{reader}"')
    try:
        env = env_py("asyncpg", url=database_at_expand.url("postgresql+asyncpg"))
        (tmp_path / "migrations" / "env.py").write_text(env.replace(f"//{database_at_expand.user}", f"//{reader}"))
        _, document, told = look(tmp_path)
    finally:
        stage.send(database_at_expand, f'DROP OWNED BY "{reader}"; DROP ROLE "{reader}"')
    assert (document["backfills"], document["instances"], document["contracts"][0]["gates"]) == (None, None, None)
    assert "its gates cannot be seen" in told
    assert "this role may not read the schema midflight" in told


def test_a_plan_names_phases_and_shut_gates(
    stage: Stage, server: Address, database_at_expand: Address, tmp_path: Path
) -> None:
    make_ledger(stage, database_at_expand)
    add_backfill(stage, database_at_expand, "fill_m", state="paused", revision="b2")
    flags = CheckFlags(config=tmp_path / "alembic.ini", shadow=server.url(), no_cache=True)
    request, rows = plan_request_of(flags)
    planned = asyncio.run(make_plan(request, rows, lambda _: None))
    document = json.loads(plan_json(planned, tmp_path))
    [revision] = document["revisions"]
    assert (revision["id"], revision["phase"]) == ("c3", "contract")
    assert [finding["hazard"] for finding in revision["findings"]] == ["missing-downgrade"]
    assert [statement["findings"] for statement in revision["statements"]] == [[]]
    [gate] = document["gates"]
    assert (gate["contract"], gate["hint"]) == ("c3", "midflight backfill resume fill_m")
    told = " ".join(plan_text(planned, tmp_path, Page(width=200)).split())
    assert "c3 Revision c3. (contract)" in told
    assert "held back: the backfill fill_m of t is paused" in told
    assert [key for key in ("gates", "phase") if f"`{key}`" not in PAGE] == []
