"""Backfills from their registration to their end, by the commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.projects import Revision
from runner.deployments import SAFE

if TYPE_CHECKING:
    from runner.deployments import Deployments

ROWS = 30_000
ORDERS = f"""
CREATE TABLE orders (id int PRIMARY KEY, total numeric NOT NULL, cents bigint, times int NOT NULL DEFAULT 0);
INSERT INTO orders SELECT i, i / 100.0 FROM generate_series(1, {ROWS}) AS i
"""
FILL = """op.backfill(
    "orders_cents", table="orders", set={"cents": "round(total * 100)", "times": "times + 1"}, where="cents IS NULL"
)"""
FILLS = Revision("a1", before=SAFE, up=FILL, down='op.drop_backfill("orders_cents")')
ONCE = f"SELECT count(*) = {ROWS} AND bool_and(cents = id AND times = 1) FROM orders"
STATE = "SELECT state FROM midflight.backfill"


def test_registered_run_and_finished(deployments: Deployments) -> None:
    deployment = deployments.new(FILLS, setup=ORDERS)
    deployment.run("upgrade").succeeds()
    assert deployment.value(STATE) == "pending"
    run = deployment.run("backfill", "run")
    run.succeeds()
    assert f"{ROWS:,} rows changed" in run.output
    assert deployment.value(ONCE) is True
    assert deployment.value(STATE) == "finished"
