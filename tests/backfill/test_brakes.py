"""Workers mind what goes on around them, and everybody can see what holds them back."""

from __future__ import annotations

import json
import re
import urllib.request
from typing import TYPE_CHECKING

from checks.projects import Revision
from runner.deployments import SAFE, waiting

if TYPE_CHECKING:
    from runner.deployments import Deployment, Deployments

ORDERS = """
CREATE TABLE orders (id int PRIMARY KEY, cents bigint);
INSERT INTO orders SELECT i FROM generate_series(1, 30000) AS i
"""
FILL = Revision("a1", before=SAFE, up='op.backfill("fill", table="orders", set={"cents": "id"}, where="cents IS NULL")')
SALE = """
from pathlib import Path

def brake():
    return Path(__file__).with_name("sale").exists() and "the sale goes on"
"""
SETTINGS = """
[tool.midflight.backfill]
brake = "sale_brake:brake"
look_seconds = 0.1
"""
CHANGED = "SELECT count(cents) FROM orders"
BRAKED = "SELECT count(*) = 1 FROM midflight.backfill_worker WHERE brake = 'the sale goes on'"


def on_sale(deployments: Deployments) -> Deployment:
    deployment = deployments.new(FILL, setup=ORDERS)
    deployment.run("upgrade").succeeds()
    (deployment.folder / "sale_brake.py").write_text(SALE)
    (deployment.folder / "pyproject.toml").write_text(SETTINGS)
    (deployment.folder / "sale").touch()
    return deployment


def test_a_brake_stops_the_work_until_it_is_let_go(deployments: Deployments) -> None:
    deployment = on_sale(deployments)
    run = deployment.start("backfill", "run")
    deployment.until(BRAKED)
    assert deployment.value(CHANGED) == 0
    status = deployment.run("backfill", "status")
    status.succeeds()
    assert "brake: the sale goes on" in status.output
    told = deployment.run("backfill", "status", "--format", "json")
    [worker] = json.loads(told.output)["backfills"][0]["workers"]
    assert worker["brake"] == "the sale goes on"
    (deployment.folder / "sale").unlink()
    run.succeeds()
    assert deployment.value(CHANGED) == 30_000


def test_signals_and_their_limits_are_shown(deployments: Deployments) -> None:
    deployment = on_sale(deployments)
    deployment.start("backfill", "run")
    deployment.until("SELECT signals ? 'wal_rate' FROM midflight.backfill_worker")
    told = deployment.run("backfill", "status", "--format", "json")
    [worker] = json.loads(told.output)["backfills"][0]["workers"]
    assert worker["signals"]["waiting_queries"] == {"value": 0, "limit": 2}
    assert re.search(r"WAL \d+ k?B/s of 200 MB/s", deployment.run("backfill", "status").output)


def test_full_speed_has_no_brakes(deployments: Deployments) -> None:
    deployment = on_sale(deployments)
    deployment.run("backfill", "run", "--full-speed", "--workers", "2").succeeds()
    assert deployment.value(CHANGED) == 30_000


def test_metrics_are_served_while_it_works(deployments: Deployments) -> None:
    deployment = on_sale(deployments)
    run = deployment.start("backfill", "run", "--metrics-port", "0")
    deployment.until(BRAKED)
    waiting(lambda: "/metrics" in run.output, "the port is told")
    found = re.search(r"http://127\.0\.0\.1:\d+/metrics", run.output)
    assert found is not None
    with urllib.request.urlopen(found[0], timeout=60) as answer:
        text = answer.read().decode()
    assert 'midflight_backfill_workers_braked{backfill="fill"} 1.0' in text
    (deployment.folder / "sale").unlink()
    run.succeeds()
