"""Backfills from their registration to their end, by the commands, in processes that may die."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from checks.projects import Revision
from runner.deployments import SAFE

if TYPE_CHECKING:
    from runner.deployments import Deployment, Deployments

ROWS = 30_000
ORDERS = f"""
CREATE TABLE orders (id int PRIMARY KEY, total numeric NOT NULL, cents bigint, times int NOT NULL DEFAULT 0);
INSERT INTO orders SELECT i, i / 100.0 FROM generate_series(1, {ROWS}) AS i
"""
FILL = """op.backfill(
    "orders_cents", table="orders", set={"cents": "round(total * 100)", "times": "times + 1"}, where="cents IS NULL"
)"""
FILLS = Revision("a1", before=SAFE, up=FILL, down='op.drop_backfill("orders_cents")')
BY_FUNCTION = Revision(
    "a1",
    before=f"""{SAFE}

async def fill(connection, keys):
    await connection.executemany("UPDATE orders SET cents = id, times = times + 1 WHERE id = $1", keys)
""",
    up='op.backfill("orders_cents", table="orders", function=fill, where="cents IS NULL")',
)
ONCE = f"SELECT count(*) = {ROWS} AND bool_and(cents = id AND times = 1) FROM orders"
STATE = "SELECT state FROM midflight.backfill"
SLOWLY = """
[tool.midflight.backfill]
largest_batch = 20
rest = 5
"""
BEGUN = "SELECT coalesce(sum(rows_changed), 0) > 100 FROM midflight.backfill_range"


def registered(deployments: Deployments, revision: Revision = FILLS, *, slowly: bool = False) -> Deployment:
    deployment = deployments.new(revision, setup=ORDERS)
    deployment.run("upgrade").succeeds()
    assert deployment.value(STATE) == "pending"
    if slowly:
        (deployment.folder / "pyproject.toml").write_text(SLOWLY)
    return deployment


def hurry(deployment: Deployment) -> None:
    (deployment.folder / "pyproject.toml").write_text("")


def test_registered_run_and_finished(deployments: Deployments) -> None:
    deployment = registered(deployments)
    run = deployment.run("backfill", "run", "orders_cents", "--workers", "2")
    run.succeeds()
    assert f"finished, {ROWS:,} rows changed" in run.output
    assert deployment.value(ONCE) is True
    assert deployment.value("SELECT count(*) FROM midflight.backfill_worker") == 0
    status = deployment.run("backfill", "status", "--format", "json")
    status.succeeds()
    [told] = json.loads(status.output)["backfills"]
    assert (told["state"], told["rows_changed"], told["revision"]) == ("finished", ROWS, "a1")
    deployment.run("backfill", "run").succeeds()
    deployment.run("downgrade", "base").succeeds()
    assert deployment.value("SELECT count(*) FROM midflight.backfill") == 0


def test_a_function_of_a_revision(deployments: Deployments) -> None:
    deployment = registered(deployments, BY_FUNCTION)
    events = deployment.run("backfill", "run", "--format", "json")
    events.succeeds()
    told = [json.loads(line) for line in events.output.splitlines()]
    assert [told[0]["event"], told[-1]["event"], told[-1]["state"]] == [
        "backfill_started",
        "backfill_ended",
        "finished",
    ]
    assert deployment.value(ONCE) is True


def test_killed_and_taken_over(deployments: Deployments) -> None:
    """Twice. The lease of who is dead runs out; here its end is brought about, for it is long."""
    deployment = registered(deployments, slowly=True)
    for _ in range(2):
        done = deployment.value("SELECT coalesce(sum(rows_changed), 0) FROM midflight.backfill_range")
        run = deployment.start("backfill", "run")
        deployment.until(f"SELECT coalesce(sum(rows_changed), 0) > {done} FROM midflight.backfill_range")
        run.kill()
        deployment.send("UPDATE midflight.backfill_range SET leased_until = clock_timestamp() WHERE worker IS NOT NULL")
    hurry(deployment)
    deployment.run("backfill", "run").succeeds()
    assert deployment.value(ONCE) is True
    assert deployment.value(STATE) == "finished"


def test_interrupted_it_gives_back_what_it_has(deployments: Deployments) -> None:
    deployment = registered(deployments, slowly=True)
    run = deployment.start("backfill", "run")
    deployment.until(BEGUN)
    run.interrupt()
    run.succeeds()
    assert "running" in run.output
    assert deployment.value("SELECT count(worker) FROM midflight.backfill_range") == 0
    hurry(deployment)
    deployment.run("backfill", "run").succeeds()
    assert deployment.value(ONCE) is True


def test_paused_and_resumed_by_commands(deployments: Deployments) -> None:
    deployment = registered(deployments, slowly=True)
    run = deployment.start("backfill", "run")
    deployment.until(BEGUN)
    deployment.run("backfill", "pause", "orders_cents").succeeds()
    run.succeeds()
    assert "orders_cents: paused" in run.output
    deployment.run("backfill", "pause", "orders_cents").fails(2, "the backfill orders_cents is paused")
    deployment.run("backfill", "resume", "orders_cents").succeeds()
    hurry(deployment)
    deployment.run("backfill", "run").succeeds()
    assert deployment.value(ONCE) is True


def test_exit_codes(deployments: Deployments) -> None:
    deployment = registered(deployments)
    deployment.run("backfill", "run", "nothing").fails(2, "there is no backfill nothing")
    deployment.run("backfill", "cancel", "nothing").fails(2, "there is no backfill nothing")
    deployment.run("backfill", "run", "--database", "postgresql://nobody@localhost:1/x").fails(3)
    deployment.send("ALTER TABLE orders ADD CHECK (id <> 7 OR cents IS NULL)")
    run = deployment.run("backfill", "run")
    run.fails(1, "the row 7 of orders cannot be changed", "1 row cannot be changed")
    status = deployment.run("backfill", "status", "orders_cents")
    status.fails(1, "orders_cents: failed", "failed: 7 of orders", "midflight backfill retry orders_cents")
    deployment.send("ALTER TABLE orders DROP CONSTRAINT orders_check")
    deployment.run("backfill", "retry", "orders_cents").succeeds()
    deployment.run("backfill", "run").succeeds()
    assert deployment.value(ONCE) is True
    deployment.run("backfill", "cancel", "orders_cents").fails(2, "is finished")


def test_nothing_was_ever_registered(deployments: Deployments) -> None:
    deployment = deployments.new(Revision("a1"), setup=ORDERS)
    deployment.run("backfill", "run").succeeds()
    status = deployment.run("backfill", "status")
    status.succeeds()
    assert status.output == "There are no backfills.\n"
