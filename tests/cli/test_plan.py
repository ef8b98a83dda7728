"""``midflight plan`` tells what an upgrade would do, with the sizes of the live database, and changes nothing."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from checks.projects import Revision, env_py, write_project
from midflight.checks.estimates import Estimate, Work, estimate
from midflight.checks.planning import plan as make_plan
from midflight.cli.flags import CheckFlags
from midflight.cli.live_request import plan_request_of
from midflight.pg.identifiers import QualifiedName
from midflight.report.amounts import duration, number_of, size
from midflight.report.lines import Page
from midflight.report.plan import estimate_text, plan_text
from midflight.report.plan_json import plan_json
from midflight.runner.live import looking
from midflight.runner.table_sizes import read_sizes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from subprocess import CompletedProcess

    from midflight.pg.addresses import Address

    Run = Callable[..., CompletedProcess[str]]
    Plan = Callable[..., CompletedProcess[str]]

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "plan-and-status.md").read_text()
TABLES = (
    "CREATE TABLE orders (id int PRIMARY KEY, n int, note text); CREATE TABLE customers (id int PRIMARY KEY, n int)"
)
HISTORY = (
    Revision("a1", up=f"for sql in {TABLES!r}.split('; '):\n    op.execute(sql)"),
    Revision("b2", after="a1", up="op.create_index('ix_n', 'orders', ['n'])\nop.rename_table('customers', 'clients')"),
    Revision(
        "c3",
        after="b2",
        up="""
        with op.get_context().autocommit_block():
            op.create_index('ix_note', 'orders', ['note'], postgresql_concurrently=True)
        op.execute('ALTER TABLE clients ALTER n TYPE bigint')
        op.execute('CREATE TABLE made (id int)')
        """,
    ),
    Revision("d4", after="c3", up="op.set_not_null('orders', 'n')", before="from midflight import op"),
    Revision(
        "e5",
        after="d4",
        up="""
        op.execute('ALTER TABLE made ADD CHECK (id > 0)')
        op.execute("UPDATE orders SET note = 'x' WHERE n > 5")
        op.execute('DELETE FROM orders WHERE id = 7')
        """,
    ),
)


@pytest.fixture
async def live(database: Address, tmp_path: Path) -> AsyncIterator[asyncpg.Connection]:
    """A live database at the first revision, with rows; its project is in the folder ``tmp_path``."""
    env = env_py("asyncpg", url=database.url("postgresql+asyncpg"))
    write_project(tmp_path, *HISTORY, env=env)
    connection = await asyncpg.connect(**database.asyncpg_arguments())
    await connection.execute(
        "CREATE TABLE alembic_version (version_num text); INSERT INTO alembic_version VALUES ('a1')"
    )
    await connection.execute(
        f"{TABLES}; INSERT INTO orders SELECT i, i, repeat('x', 80) FROM generate_series(1, 20000) i"
    )
    await connection.execute("INSERT INTO customers SELECT i, i FROM generate_series(1, 5000) i; ANALYZE")
    yield connection
    await connection.close()


@pytest.fixture
def plan(midflight: Run, tmp_path: Path, server: Address) -> Plan:
    def run(*arguments: str, **variables: str) -> CompletedProcess[str]:
        common = ("-c", str(tmp_path / "alembic.ini"), "--shadow", server.url(), "--no-cache")
        return midflight("plan", *common, *arguments, **variables)

    return run


def statements(document: dict[str, Any], revision: str) -> list[dict[str, Any]]:
    [found] = [one["statements"] for one in document["revisions"] if one["id"] == revision]
    return list(found)


def touches(statement: dict[str, Any]) -> list[tuple[str, str, int]]:
    return [(touch["work"], touch["table"], touch["rows"]) for touch in statement["touches"]]


async def test_a_plan(live: asyncpg.Connection, server: Address, tmp_path: Path) -> None:
    flags = CheckFlags(config=tmp_path / "alembic.ini", shadow=server.url(), no_cache=True)
    request, rows = plan_request_of(flags)
    assert rows == 100_000_000
    planned = await make_plan(request, 20_000, lambda _: None)
    assert_document(json.loads(plan_json(planned, tmp_path)))
    assert_told(" ".join(plan_text(planned, tmp_path, Page(width=100)).split()))
    assert await live.fetchval("SELECT version_num FROM alembic_version") == "a1"
    assert await live.fetchval("SELECT to_regclass('ix_n') IS NULL AND to_regclass('customers') IS NOT NULL")


def assert_document(document: dict[str, Any]) -> None:
    assert document["exit_code"] == 1
    assert [one["id"] for one in document["revisions"]] == ["b2", "c3", "d4", "e5"]

    index, rename = statements(document, "b2")
    parts = (
        document,
        document["revisions"][0],
        index,
        index["touches"][0],
        index["findings"][0],
        index["locks_taken"][0],
    )
    assert [key for part in parts for key in part if f"`{key}`" not in PAGE] == []
    assert touches(index) == [("index build", "orders", 20000)]
    assert index["touches"][0]["large"]
    assert (index["reads_wait"], index["writes_wait"]) == (False, True)
    assert [finding["hazard"] for finding in index["findings"]] == ["create-index-blocks-writes"]
    assert ("orders", "SHARE") in {(lock["relation"], lock["mode"]) for lock in index["locks_taken"]}
    assert (rename["touches"], rename["reads_wait"]) == ([], True)

    concurrently, rewrite, _ = statements(document, "c3")
    assert (concurrently["observed"], concurrently["writes_wait"]) == (False, False)
    assert concurrently["locks_taken"] == [{"relation": "orders", "kind": "r", "mode": "SHARE UPDATE EXCLUSIVE"}]
    assert touches(concurrently) == [("index build", "orders", 20000)]
    assert concurrently["touches"][0]["passes"] == 2
    assert concurrently["seconds"]["most"] == pytest.approx(2 * index["seconds"]["most"], rel=0.01)
    # Not yet renamed in the live database.
    assert touches(rewrite) == [("rewrite", "clients", 5000)]
    [rewritten] = rewrite["touches"]
    assert rewritten["bytes"] == rewritten["total_bytes"] > 0
    assert not rewritten["large"]

    first, *others = statements(document, "d4")
    assert [one["sql"].split(" ")[0] for one in (first, *others)] == ["ALTER"] * len((first, *others))  # folded
    assert ("orders", "ACCESS EXCLUSIVE") in {(lock["relation"], lock["mode"]) for lock in first["locks_taken"]}
    assert first["touches"] == []
    scans = [one for one in others if one["touches"]]
    assert [touches(one) for one in scans] == [[("scan", "orders", 20000)]]
    assert not scans[0]["writes_wait"]

    check, update, delete = statements(document, "e5")
    assert [(one["table"], one["exists"], one["bytes"]) for one in check["touches"]] == [("made", False, 0)]
    [written] = update["touches"]
    assert (written["work"], written["table"], written["at_most"]) == ("write", "orders", True)
    assert written["seconds"]["least"] == 0
    assert [one for one in delete["touches"] if one["work"] == "write"] == []
    assert document["seconds"]["most"] >= document["writes_wait_seconds"]["most"] >= rewrite["seconds"]["most"] > 0


def assert_told(told: str) -> None:
    assert "4 pending revisions, proven on" in told
    assert "one transaction" not in told
    assert "CREATE INDEX ix_n ON orders (n) takes SHARE on orders: writes wait builds an index over orders" in told
    assert "about 20,000 rows, 2" in told
    assert "warning: orders has 20,000 rows or more error create-index-blocks-writes" in told
    assert "reads every row of made, which the database does not have yet" in told
    assert "changes rows of orders, at most all of them: about 20,000 rows" in told
    for machinery in ("SAVEPOINT", "NOWAIT", "lock_timeout", "set_config"):
        assert machinery not in told


async def test_a_revision_that_fails_and_a_database_that_is_not_there(
    live: asyncpg.Connection, database: Address, plan: Plan, tmp_path: Path
) -> None:
    await live.execute("UPDATE alembic_version SET version_num = 'e5'")
    write_project(tmp_path, Revision("f6", after="e5", up="op.execute('DROP TABLE nowhere')"))  # its URL leads nowhere
    missing = await asyncio.to_thread(plan)
    assert (missing.returncode, missing.stdout) == (3, "")
    assert "nowhere.invalid" in missing.stderr
    fails = await asyncio.to_thread(plan, "--database", database.url())
    assert fails.returncode == 1, fails.stderr
    assert 'failed: table "nowhere" does not exist' in fails.stdout

    (tmp_path / "migrations" / "versions" / "f6.py").unlink()
    nothing = await asyncio.to_thread(plan, "--database", database.url())
    assert nothing.returncode == 0, nothing.stderr
    assert "0 pending revisions" in nothing.stdout
    assert nothing.stdout.endswith("There is nothing to upgrade.\n")


async def test_sizes_of_partitioned_and_unknown_tables(live: asyncpg.Connection, database: Address) -> None:
    await live.execute("CREATE TABLE parts (id int) PARTITION BY RANGE (id); CREATE TABLE never (id int)")
    await live.execute("CREATE TABLE one PARTITION OF parts FOR VALUES FROM (0) TO (1000)")
    await live.execute("CREATE TABLE two PARTITION OF parts FOR VALUES FROM (1000) TO (3000)")
    await live.execute("INSERT INTO parts SELECT generate_series(0, 2999); INSERT INTO never VALUES (1)")
    await live.execute("CREATE INDEX ON parts (id); ANALYZE parts; ANALYZE one; ANALYZE two")
    parts, never, orders = (QualifiedName("public", name) for name in ("parts", "never", "orders"))
    wanted = [QualifiedName("public", "nowhere"), parts, never, orders]
    async with looking(database) as connection:
        sizes = await read_sizes(connection, wanted)
    assert set(sizes) == {parts, never, orders}
    assert sizes[parts].rows == 3000
    assert sizes[parts].table_bytes == await live.fetchval("SELECT pg_table_size('one') + pg_table_size('two')")
    assert sizes[parts].index_bytes > 0
    assert sizes[parts].analyzed is not None
    assert (sizes[never].rows, sizes[never].analyzed) == (None, None)

    await live.execute("BEGIN; LOCK TABLE orders")  # whoever holds it, the plan does not wait
    async with looking(database) as connection:
        locked = await read_sizes(connection, [orders])
    await live.execute("ROLLBACK")
    assert locked[orders].rows == 20000
    assert 0 < locked[orders].table_bytes <= sizes[orders].table_bytes


def test_amounts() -> None:
    assert [size(number) for number in (0, 8192, 10_240, 12_000_000, 5 * 1024**4)] == [
        "0 bytes",
        "8,192 bytes",
        "10 kB",
        "11 MB",
        "5,120 GB",
    ]
    assert [duration(seconds) for seconds in (0.0214, 1.25, 59, 60, 75, 3600, 7260, 90000)] == [
        "21 ms",
        "1.2 s",
        "59 s",
        "1 min",
        "1 min 15 s",
        "1 h",
        "2 h 1 min",
        "1 d 1 h",
    ]
    assert [number_of(rows) for rows in (1, 20_000, 1_500_000, 120_000_000, 3 * 10**9)] == [
        "about 1 row",
        "about 20,000 rows",
        "about 1.5 million rows",
        "about 120 million rows",
        "about 3.0 billion rows",
    ]


def test_estimates_are_ranges() -> None:
    for work in Work:
        found = estimate(work, 10**10)
        assert 0 < found.least < found.most
    assert estimate(Work.SCAN, 10**10).most < estimate(Work.REWRITE, 10**10).most
    assert [estimate_text(one) for one in (Estimate(), Estimate(0, 2), Estimate(1.5, 90))] == [
        "a moment",
        "up to 2.0 s",
        "1.5 s to 1 min 30 s",
    ]


async def test_a_backfill_of_a_large_table_is_left_to_the_workers(
    live: asyncpg.Connection, server: Address, tmp_path: Path, database: Address
) -> None:
    """The shadow's tables are small, and theirs is done at once there."""
    env = env_py("asyncpg", url=database.url("postgresql+asyncpg"))
    up = 'op.backfill("halves", table="{}", set={{"n": "-n"}}, where="n > 0")'
    backfills = "\n".join(up.format(table) for table in ("orders", "customers")).replace('"halves"', '"other"', 1)
    revision = Revision("b2", after="a1", up=backfills, before="from midflight import op")
    write_project(tmp_path / "more", HISTORY[0], revision, env=env)
    flags = CheckFlags(config=tmp_path / "more" / "alembic.ini", shadow=server.url(), no_cache=True)
    request, _ = plan_request_of(flags)
    planned = await make_plan(request, 100_000_000, lambda _: None)
    told = " ".join(plan_text(planned, tmp_path, Page(width=100)).split())
    assert "not here: orders has about 20,000 rows, which are left to the workers (midflight backfill run)" in told
    assert "changes rows of customers, at most all of them: about 5,000 rows" in told
    assert await live.fetchval("SELECT version_num FROM alembic_version") == "a1"
