"""Crashes at any moment: the same command finishes the work, and the catalog is as after an undisturbed run."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Any

import pytest

from checks.projects import Revision
from midflight.runner.events import StepProgress, StepStarted
from runner.deployments import SAFE, TABLE, Deployment, Deployments
from runner.history import HEAD, HISTORY, ONCE, SETUP

if TYPE_CHECKING:
    from collections.abc import Mapping

KILLS = 3
INDEX = Revision("a1", before=SAFE, up="op.create_index('ix', 't', ['n'])", down="op.drop_index('ix', 't')")

NEXT = Revision("b2", after="a1", before=SAFE, up="op.set_not_null('t', 'n')")


def finished(deployment: Deployment, *arguments: str) -> Mapping[Any, Any]:
    """Run to the end, and return the schema."""
    command = deployment.run(*arguments)
    command.succeeds()
    deployment.nothing_is_left()
    return deployment.snapshot()


def test_killed_at_any_moment_up_and_down(deployments: Deployments) -> None:
    """Each time the command is killed some way through what is left of the work, until it is through by itself."""
    seed = random.randrange(10**6)
    chance = random.Random(seed)
    deployment = deployments.new(*HISTORY, setup=SETUP)
    before, began = deployment.snapshot(), time.monotonic()
    after, seconds = finished(deployment, "upgrade"), time.monotonic() - began
    sums = deployment.value(ONCE)
    for arguments, expected, version in (
        (("downgrade", "base"), before, None),
        (("upgrade",), after, HEAD),
    ):
        for _ in range(KILLS):
            command = deployment.start(*arguments)
            time.sleep(chance.uniform(0.2, 1.0) * seconds)
            command.kill()
        assert finished(deployment, *arguments) == expected, seed
        assert deployment.version == version, seed
        assert deployment.value(ONCE) == sums - (version is None), seed


def test_killed_while_an_index_is_built(deployments: Deployments) -> None:
    """It waits for an old transaction, and goes on after its client is gone: the next command ends it."""
    deployment = deployments.new(INDEX)
    with deployment.session() as old:
        old.execute("UPDATE t SET n = n WHERE id = 1")
        upgrade = deployment.start("upgrade")
        deployment.until("SELECT count(*) > 0 FROM pg_stat_progress_create_index")
        upgrade.kill()
        again = deployment.start("upgrade")
        again.says("a1: ")
    again.succeeds()
    assert deployment.value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix'::regclass")
    deployment.nothing_is_left()


@pytest.mark.parametrize("who", ["the worker", "the watch", "both"])
@pytest.mark.parametrize("driver", ["asyncpg", "psycopg", "psycopg2"])
def test_a_session_of_ours_is_terminated(deployments: Deployments, who: str, driver: str) -> None:
    deployment = deployments.new(INDEX, NEXT, driver=driver)
    among = {"the worker": "NOT LIKE '%(lock)'", "the watch": "LIKE '%(lock)'", "both": "LIKE '%'"}[who]
    with deployment.session() as old:
        old.execute("UPDATE t SET n = n WHERE id = 1")
        upgrade = deployment.apply()
        upgrade.tells(StepStarted)
        upgrade.tells(StepProgress)
        deployment.value(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() "
            f"AND application_name LIKE 'midflight upgrade%' AND application_name {among}"
        )
        if who != "the watch":
            upgrade.fails("revision a1", "run the same command again")
    if who == "the watch":
        upgrade.fails("run the same command again")
        assert deployment.version == "a1"
    deployment.apply().succeeds()
    assert deployment.value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix'::regclass")
    deployment.nothing_is_left()


def test_a_unique_index_over_duplicates(deployments: Deployments) -> None:
    """PostgreSQL's DETAIL would hold the rows' values."""
    deployment = deployments.new(
        Revision("a1", before=SAFE, up="op.create_index('ux', 't', ['n'], unique=True)"),
        setup=f"{TABLE}; UPDATE t SET n = 424242",
    )
    before = deployment.snapshot()
    upgrade = deployment.run("upgrade")
    upgrade.fails(3, "revision a1 (a1.py, line ", 'could not create unique index "ux"')
    assert "424242" not in upgrade.output
    assert deployment.snapshot() == before
    deployment.nothing_is_left()


def test_values_in_messages_are_not_shown(deployments: Deployments) -> None:
    deployment = deployments.new(
        Revision("a1", up="op.execute('ALTER TABLE t ALTER s TYPE int USING s::int')"),
        setup=f"{TABLE}; ALTER TABLE t ADD s text DEFAULT 'secret value'; ALTER TABLE t ALTER s DROP DEFAULT",
    )
    upgrade = deployment.run("upgrade")
    upgrade.fails(3, "invalid input syntax for type integer")
    assert "secret" not in upgrade.output


def test_an_index_of_another_table_is_never_dropped(deployments: Deployments) -> None:
    """It has the name that ours would have."""
    deployment = deployments.new(INDEX, setup=f"{TABLE}; CREATE TABLE other (n int); CREATE INDEX ix ON other (n)")
    upgrade = deployment.apply()
    upgrade.wait()
    assert upgrade.error is not None
    assert (
        deployment.value("SELECT indrelid::regclass::text FROM pg_index WHERE indexrelid = 'ix'::regclass") == "other"
    )


def test_what_a_plain_downgrade_took_back_is_done_again(deployments: Deployments) -> None:
    """The journal knows the steps of the first upgrade; Alembic's own downgrade has told it nothing."""
    deployment = deployments.new(INDEX)
    deployment.apply().succeeds()
    deployment.send("DROP INDEX ix; DELETE FROM alembic_version")
    deployment.apply().succeeds()
    assert deployment.value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix'::regclass")
