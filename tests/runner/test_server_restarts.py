"""The server itself goes down in the middle, as ``pg_ctl restart -m immediate`` and a crashed backend make it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from checks.projects import Revision
from midflight.errors import DatabaseError
from midflight.runner.events import LockWaiting, StepProgress
from runner.deployments import SAFE, waiting
from runner.outages import outages

if TYPE_CHECKING:
    from pathlib import Path

    from operations.stage import Server
    from runner.deployments import Deployment

HISTORY = (
    Revision("a1", up="op.execute('CREATE TABLE made (n int)')"),
    Revision(
        "b2",
        after="a1",
        before=SAFE,
        up="op.execute('INSERT INTO made VALUES (1)'); op.create_index('ix', 't', ['n']); op.set_not_null('t', 'n')",
    ),
)
FILLED = Revision(
    "a1", before=SAFE, up="op.add_column('t', sa.Column('r', sa.Float(), server_default=sa.text('drawn()')))"
)
# As long as something stands in brake, each row takes its time: many batches are to come when the first is over.
SLOW = """
CREATE TABLE t (id int PRIMARY KEY, n int) WITH (fillfactor = 10);
INSERT INTO t SELECT i, i FROM generate_series(1, 5000) AS i;
CREATE TABLE brake (n int);
INSERT INTO brake VALUES (1);
CREATE FUNCTION drawn() RETURNS float VOLATILE LANGUAGE plpgsql AS $$
BEGIN IF EXISTS (SELECT FROM brake) THEN PERFORM pg_sleep(0.001); END IF; RETURN random(); END $$
"""
CRASH = """
SELECT pid FROM pg_stat_activity
WHERE application_name LIKE 'midflight upgrade%' AND application_name NOT LIKE '%(lock)'
"""


@pytest.mark.parametrize("driver", ["asyncpg", "psycopg"])
@pytest.mark.parametrize("moment", ["build", "lock"])
def test_a_backend_crashes(own_server: Server, tmp_path: Path, driver: str, moment: str) -> None:
    with outages(own_server, tmp_path) as out:
        deployment = out.deployments.new(*HISTORY, driver=driver)
        statement = "UPDATE t SET n = n WHERE id = 1" if moment == "build" else "SELECT n FROM t"
        with deployment.session() as other:
            other.execute(statement)
            upgrade = deployment.apply()
            upgrade.tells(StepProgress if moment == "build" else LockWaiting)
            out.crash(deployment.value(CRASH))
            upgrade.wait()
            assert isinstance(upgrade.error, DatabaseError), upgrade.error
            other.close()
        deployment.run("upgrade").succeeds()
        assert deployment.value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix'::regclass")
        deployment.nothing_is_left()


@pytest.mark.parametrize("driver", ["asyncpg", "psycopg"])
def test_the_server_is_restarted_while_an_index_is_built(own_server: Server, tmp_path: Path, driver: str) -> None:
    with outages(own_server, tmp_path) as out:
        undisturbed = out.deployments.new(*HISTORY, driver=driver)
        undisturbed.run("upgrade").succeeds()
        deployment = out.deployments.new(*HISTORY, driver=driver)
        with deployment.session() as old:
            old.execute("UPDATE t SET n = n WHERE id = 1")
            upgrade = deployment.start("upgrade")
            deployment.until("SELECT count(*) > 0 FROM pg_stat_progress_create_index")
            out.restart()
            old.close()
        upgrade.fails(3, "run the same command again")
        assert deployment.version == "a1"
        deployment.run("upgrade").succeeds()
        assert deployment.snapshot() == undisturbed.snapshot()
        assert deployment.value("SELECT count(*) FROM made") == 1
        deployment.nothing_is_left()


@pytest.mark.parametrize("driver", ["asyncpg", "psycopg"])
def test_the_server_is_restarted_while_rows_are_filled(own_server: Server, tmp_path: Path, driver: str) -> None:
    """The batches that were committed stay as they are; the others follow."""
    with outages(own_server, tmp_path) as out:
        undisturbed = out.deployments.new(FILLED, setup=SLOW, driver=driver)
        undisturbed.send("DELETE FROM brake")
        undisturbed.run("upgrade").succeeds()
        deployment = out.deployments.new(FILLED, setup=SLOW, driver=driver)
        upgrade = deployment.start("upgrade")
        waiting(lambda: filled(deployment) > 0, "some rows are filled")
        out.restart()
        upgrade.fails(3, "run the same command again")
        before = filled(deployment)
        assert before < 5000
        deployment.send("CREATE TABLE drawn_before AS SELECT id, r FROM t WHERE r IS NOT NULL; DELETE FROM brake")
        deployment.run("upgrade").succeeds()
        assert filled(deployment) == 5000
        assert deployment.value("SELECT count(*) FROM t JOIN drawn_before USING (id, r)") == before
        deployment.send("DROP TABLE drawn_before")
        assert deployment.snapshot() == undisturbed.snapshot()
        deployment.nothing_is_left()


def filled(deployment: Deployment) -> int:
    """How many rows have their value."""
    if deployment.value("SELECT count(*) FROM pg_attribute WHERE attrelid = 't'::regclass AND attname = 'r'") == 0:
        return 0
    return deployment.value("SELECT count(r) FROM t")  # type: ignore[no-any-return]
