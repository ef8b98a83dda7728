"""Ctrl-C at any moment: exit 130, and nothing is left behind."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

import pytest

from checks.projects import Revision
from runner.deployments import SAFE, TABLE
from runner.history import HEAD, HISTORY, SETUP

if TYPE_CHECKING:
    from runner.deployments import Command, Deployments

SLOW = f"""{TABLE};
CREATE FUNCTION slow(n int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.03); RETURN n; END $$
"""
BUILD = Revision("a1", before=SAFE, up="op.create_index('ix', 't', [sa.text('slow(n)')])")
RAW = Revision("a1", up="op.execute('UPDATE t SET n = slow(n)')")
LIMIT = 15.0
"""Seconds; without the interrupt it takes twice as long."""


def interrupted(command: Command) -> None:
    began = time.monotonic()
    command.interrupt()
    command.fails(130, "interrupted")
    assert time.monotonic() - began < LIMIT


@pytest.mark.parametrize("driver", ["asyncpg", "psycopg", "psycopg2"])
def test_within_a_long_build(deployments: Deployments, driver: str) -> None:
    deployment = deployments.new(BUILD, setup=SLOW, driver=driver)
    before = deployment.snapshot()
    upgrade = deployment.start("upgrade")
    deployment.until("SELECT count(*) > 0 FROM pg_stat_progress_create_index WHERE phase LIKE 'building%'")
    interrupted(upgrade)
    assert deployment.snapshot() == before
    deployment.nothing_is_left()


@pytest.mark.parametrize("driver", ["asyncpg", "psycopg2"])
def test_within_a_statement_of_the_revisions_own(deployments: Deployments, driver: str) -> None:
    deployment = deployments.new(RAW, setup=SLOW, driver=driver)
    upgrade = deployment.start("upgrade")
    deployment.until("SELECT count(*) > 0 FROM pg_stat_activity WHERE query LIKE 'UPDATE t %' AND state = 'active'")
    interrupted(upgrade)
    assert deployment.version is None
    deployment.nothing_is_left()


@pytest.mark.parametrize("driver", ["asyncpg", "psycopg2"])
def test_while_it_waits_for_a_lock(deployments: Deployments, driver: str) -> None:
    deployment = deployments.new(Revision("a1", before=SAFE, up="op.set_not_null('t', 'n')"), driver=driver)
    with deployment.session() as reader:
        reader.execute("SELECT FROM t")
        upgrade = deployment.start("upgrade")
        upgrade.says("in the way: pid")
        second = deployment.start("upgrade")
        second.says("waiting for another upgrade")
        interrupted(second)
        interrupted(upgrade)
    assert deployment.version is None
    deployment.nothing_is_left()


def test_at_any_moment(deployments: Deployments) -> None:
    seed = random.randrange(10**6)
    chance = random.Random(seed)
    deployment = deployments.new(*HISTORY, setup=SETUP)
    for _ in range(3):
        upgrade = deployment.start("upgrade")
        time.sleep(chance.uniform(0.5, 2.5))
        upgrade.interrupt()
        assert upgrade.wait() in {0, 130, -2}, (seed, upgrade.output)  # -2: before the program has begun
        assert "Traceback" not in upgrade.output or upgrade.code == -2, seed
        deployment.nothing_is_left()
    deployment.run("upgrade").succeeds()
    assert deployment.version == HEAD
    deployment.nothing_is_left()
