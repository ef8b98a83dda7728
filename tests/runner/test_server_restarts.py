"""The server itself goes down in the middle, as ``pg_ctl restart -m immediate`` and a crashed backend make it."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

import pytest

from checks.projects import Revision
from midflight.errors import DatabaseError
from midflight.runner.events import LockWaiting, StepProgress
from operations.stage import open_stage
from runner.deployments import SAFE, Deployments, waiting

if TYPE_CHECKING:
    from pathlib import Path

    from operations.stage import Stage

HISTORY = (
    Revision("a1", up="op.execute('CREATE TABLE made (n int)')"),
    Revision(
        "b2",
        after="a1",
        before=SAFE,
        up="op.execute('INSERT INTO made VALUES (1)'); op.create_index('ix', 't', ['n']); op.set_not_null('t', 'n')",
    ),
)
CRASH = """
SELECT pid FROM pg_stat_activity
WHERE application_name LIKE 'midflight upgrade%' AND application_name NOT LIKE '%(lock)'
"""


@pytest.mark.parametrize("driver", ["asyncpg", "psycopg"])
@pytest.mark.parametrize("moment", ["build", "lock"])
def test_the_same_command_finishes(
    own_server: Any,  # noqa: ANN401 - a class of a conftest, which cannot be imported
    tmp_path: Path,
    driver: str,
    moment: str,
) -> None:
    """SIGKILL of a backend makes the server end all sessions and recover from its log."""
    address = own_server.shadow.address.with_database("postgres")

    def opened() -> Stage:
        return own_server.thread.call(open_stage(own_server.thread, address))  # type: ignore[no-any-return]

    stage = opened()
    deployments = Deployments(stage, tmp_path)
    deployment = deployments.new(*HISTORY, driver=driver)
    statement = "UPDATE t SET n = n WHERE id = 1" if moment == "build" else "SELECT n FROM t"
    with deployment.session() as other:
        other.execute(statement)
        upgrade = deployment.apply()
        upgrade.tells(StepProgress if moment == "build" else LockWaiting)
        os.kill(deployment.value(CRASH), signal.SIGKILL)
        upgrade.wait()
        assert isinstance(upgrade.error, DatabaseError), upgrade.error
        other.close()
    waiting(stage.connection.is_closed, "the server goes down")
    own_server.thread.call(stage.connection.close())

    def is_up() -> bool:
        try:
            stage.connection = opened().connection
        except Exception:  # noqa: BLE001 - whatever it says while it starts
            return False
        return True

    waiting(is_up, "the server is up again")
    again = deployment.run("upgrade")
    again.succeeds()
    assert deployment.value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix'::regclass")
    deployment.nothing_is_left()
    deployments.close()
    own_server.thread.call(stage.connection.close())
