"""The server crashes under the workers: they wait for it, and go on where they were."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

from backfill.quick import SLOW
from backfill.working import Yards
from midflight.backfill.events import ConnectionLost
from operations.stage import open_stage
from runner.deployments import Deployments, waiting

if TYPE_CHECKING:
    from pathlib import Path

    from operations.stage import Stage

TABLE = """
CREATE TABLE t (id int PRIMARY KEY, times int NOT NULL DEFAULT 0);
INSERT INTO t SELECT i FROM generate_series(1, 2000) AS i
"""
CRASH = "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'midflight backfill b%' LIMIT 1"


def test_a_crash(own_server: Any, tmp_path: Path) -> None:  # noqa: ANN401 - a class of a conftest, which cannot be imported
    """Each row is changed once, though nothing but its position in the ledger tells whether it was."""
    address = own_server.shadow.address.with_database("postgres")

    def opened() -> Stage:
        return own_server.thread.call(open_stage(own_server.thread, address))  # type: ignore[no-any-return]

    stage = opened()
    deployments = Deployments(stage, tmp_path)
    yards = Yards(deployments)
    yard = yards.new(TABLE, "op.backfill('b', table='t', set={'times': 'times + 1'}, small=0)")
    working = yard.start(pace=SLOW, workers=2)
    yard.until("SELECT count(*) > 300 FROM t WHERE times = 1")  # what was committed just now may be lost here
    os.kill(yard.value(CRASH), signal.SIGKILL)
    working.tells(ConnectionLost)
    waiting(stage.connection.is_closed, "the server goes down")
    own_server.thread.call(stage.connection.close())

    def is_up() -> bool:
        try:
            stage.connection = opened().connection
        except Exception:  # noqa: BLE001 - whatever it says while it starts
            return False
        return True

    waiting(is_up, "the server is up again")
    working.ends()
    assert yard.state == "finished"
    assert yard.value("SELECT min(times) = 1 AND max(times) = 1 FROM t") is True
    yards.close()
    deployments.close()
    own_server.thread.call(stage.connection.close())
