"""Locks that are not to be had: traffic goes on, who is in the way is named, and nothing is left half done."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

import psycopg
import psycopg.errors
import pytest

from checks.projects import Revision
from midflight.runner.events import (
    BlockerEnded,
    LockWaiting,
    OldTransactions,
    RevisionRetried,
    StepFinished,
    StepProgress,
)
from runner.deployments import SAFE, TABLE
from runner.traffic import Probe, beside

if TYPE_CHECKING:
    from typing import Any

    from runner.deployments import Deployments

NOT_NULL = Revision("a1", before=SAFE, up="op.set_not_null('t', 'n')", down="op.drop_not_null('t', 'n')")
STOCK = Revision("a1", up="op.add_column('t', sa.Column('m', sa.Integer()))", down="op.drop_column('t', 'm')")
STOCK_INDEX = Revision(
    "a1",
    up="""\
with op.get_context().autocommit_block():
    op.create_index('ix', 't', ['n'], postgresql_concurrently=True)
op.add_column('t', sa.Column('m', sa.Integer()))
""",
)
READER = "SELECT 'secret of the reader' FROM t"
SLEEPS = "SELECT count(*) > 0 FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(60)%' AND wait_event = 'PgSleep'"
STRONG_IN_QUEUE = """
SELECT count(*) FROM pg_locks WHERE NOT granted AND mode IN ('AccessExclusiveLock', 'ShareUpdateExclusiveLock')
"""
SEEN = "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND relation = 't'::regclass AND pid <> pg_backend_pid()"


@pytest.mark.parametrize("revision", [NOT_NULL, STOCK], ids=["ours", "stock"])
def test_a_reader_in_the_way_stalls_nobody_and_is_named(deployments: Deployments, revision: Revision) -> None:
    """The reader stays for seconds; a query that queued up behind us would wait for as long."""
    deployment = deployments.new(revision)
    probe = Probe("SELECT n FROM t WHERE id = 7")
    with beside(deployment, probe.ask):
        with deployment.session("nightly report") as reader:
            reader.execute(READER)
            upgrade = deployment.apply()
            event = upgrade.tells(LockWaiting, lambda event: bool(event.blockers) and event.waited > 1.5)
            assert not upgrade.of(StepFinished)
            [blocker] = event.blockers
            assert blocker.pid == reader.info.backend_pid
        upgrade.succeeds()
    assert (blocker.application, blocker.state) == ("nightly report", "idle in transaction")
    assert blocker.query == "SELECT ? FROM t"
    assert probe.asked > 50
    assert probe.longest < 1.0  # of more than 1.5 s; a slow machine may stall by itself
    deployment.nothing_is_left()


def test_the_command_names_who_is_in_the_way_and_gives_up(deployments: Deployments) -> None:
    deployment = deployments.new(NOT_NULL)
    before = deployment.snapshot()
    with deployment.session("nightly report") as reader:
        reader.execute(READER)
        upgrade = deployment.run("upgrade", "--max-wait", "3")
        upgrade.fails(
            3,
            "revision a1 (a1.py, line ",
            "the lock for this was not to be had within 3 s: check n (t)"
            if deployment.stage.major < 18
            else "n not null",
            f"hint: in the way: pid {reader.info.backend_pid} postgres (nightly report) idle in transaction for ",
            "waiting 2 s for a lock",
        )
        assert "secret" not in upgrade.output
    assert deployment.snapshot() == before
    assert deployment.version is None
    deployment.nothing_is_left()


@pytest.mark.parametrize("revision", [NOT_NULL, STOCK], ids=["ours", "stock"])
def test_back_to_back_transactions_starve_nobody(deployments: Deployments, revision: Revision) -> None:
    """There is always a transaction open: NOWAIT alone would never get in."""
    deployment = deployments.new(revision)

    def transact(connection: psycopg.Connection[Any]) -> None:
        with connection.transaction():
            connection.execute("UPDATE t SET n = n WHERE id = 1 + pg_backend_pid() % 900")
            time.sleep(0.08)

    with beside(deployment, transact, sessions=4):
        upgrade = deployment.apply(patience=0.5)
        upgrade.succeeds()
    assert max(event.timeout for event in upgrade.of(LockWaiting)) > 0
    deployment.nothing_is_left()


@pytest.mark.parametrize("how", ["cancelled", "terminated"])
def test_blockers_are_ended_where_that_is_asked_for(deployments: Deployments, how: str) -> None:
    deployment = deployments.new(NOT_NULL)
    limits: dict[str, Any] = {"cancel_blockers_after" if how == "cancelled" else "terminate_blockers_after": 0.3}
    ended: list[str] = []

    def report(connection: psycopg.Connection[Any]) -> None:
        if ended:
            time.sleep(0.01)
            return
        try:
            connection.execute("SELECT pg_sleep(60) FROM t LIMIT 1")
        except psycopg.errors.QueryCanceled:
            ended.append("cancelled")
        except psycopg.errors.AdminShutdown:
            ended.append("terminated")
            raise

    with contextlib.suppress(AssertionError), beside(deployment, report):
        deployment.until(SLEEPS)
        upgrade = deployment.apply(**limits)
        upgrade.tells(BlockerEnded, lambda event: event.how == how)
        upgrade.succeeds()
    assert ended == [how]


def test_a_revision_is_taken_back_whole(deployments: Deployments) -> None:
    """The second lock is not to be had: the first is not held meanwhile, and what was done is done once."""
    deployment = deployments.new(
        Revision(
            "a1",
            before=SAFE,
            up="op.execute('UPDATE u SET n = n + 1'); op.drop_not_null('u', 'n'); op.drop_not_null('t', 'id2')",
        ),
        setup=f"{TABLE}; ALTER TABLE t ADD id2 int NOT NULL DEFAULT 1; CREATE TABLE u (n int NOT NULL); "
        "INSERT INTO u VALUES (1)",
    )
    with deployment.session() as reader:
        reader.execute("SELECT FROM t")
        upgrade = deployment.apply()
        upgrade.tells(RevisionRetried)
        upgrade.tells(LockWaiting, lambda event: event.waited > 1)
        for _ in range(20):
            assert deployment.value("SELECT count(*) FROM pg_locks WHERE relation = 'u'::regclass") == 0
            time.sleep(0.02)
    upgrade.succeeds()
    assert deployment.value("SELECT n FROM u") == 2
    assert deployment.value("SELECT count(*) FROM midflight.journal WHERE state = 'started'") == 0
    assert deployment.value("SELECT count(*) FROM midflight.journal WHERE state = 'retried'") > 0
    deployment.nothing_is_left()


def test_a_revision_that_cannot_be_retried_says_so(deployments: Deployments) -> None:
    """Its own autocommit block has built an index for good before a lock was missing."""
    deployment = deployments.new(STOCK_INDEX)
    with deployment.session() as reader:
        upgrade = deployment.apply()
        reader.execute("LOCK TABLE t IN ACCESS SHARE MODE")
        upgrade.fails(
            "a lock was not to be had (ALTER TABLE), and what the revision did before is committed already",
            "give them a revision of their own",
        )
    assert deployment.version is None
    deployment.nothing_is_left()


def test_concurrently_names_the_old_transaction_and_waits(deployments: Deployments) -> None:
    """It stays in no lock queue that traffic could stand behind, and no limit of the role's ends it."""
    index = Revision("a1", before=SAFE, up="op.create_index('ix', 't', ['n'])", down="op.drop_index('ix', 't')")
    deployment = deployments.new(index)
    deployment.send(
        "ALTER ROLE postgres IN DATABASE " + deployment.database.database + " SET lock_timeout = '200ms';"
        "ALTER ROLE postgres IN DATABASE " + deployment.database.database + " SET statement_timeout = '600ms';"
        "ALTER ROLE postgres IN DATABASE "
        + deployment.database.database
        + " SET idle_session_timeout = '600ms';"
        + (
            "ALTER ROLE postgres IN DATABASE " + deployment.database.database + " SET transaction_timeout = '700ms'"
            if deployment.stage.major >= 17
            else ""
        )
    )
    with deployment.session("old report") as old:
        old.execute("SET idle_session_timeout = 0")
        if deployment.stage.major >= 17:
            old.execute("SET transaction_timeout = 0")
        old.commit()
        old.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        old.execute("SELECT 'secret' FROM t")
        time.sleep(1.2)  # old enough to be named before
        upgrade = deployment.apply()
        named = upgrade.tells(OldTransactions)
        assert [blocker.application for blocker in named.blockers] == ["old report"]
        progress = upgrade.tells(StepProgress, lambda event: bool(event.blockers))
        assert [blocker.application for blocker in progress.blockers] == ["old report"]
        assert "secret" not in str((named, progress))
        time.sleep(1.0)
        assert not upgrade.of(StepFinished)
    upgrade.succeeds()
    assert deployment.value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix'::regclass")
    deployment.nothing_is_left()


def test_a_deadlock_is_tried_again(deployments: Deployments) -> None:
    """A raw revision locks two tables in the other order than the service does."""
    deployment = deployments.new(
        Revision(
            "a1", up="op.execute('UPDATE t SET n = -1 WHERE id = 1'); op.execute('UPDATE t SET n = -1 WHERE id = 2')"
        )
    )
    with deployment.session() as service:
        service.execute("UPDATE t SET n = n WHERE id = 2")
        upgrade = deployment.apply()
        upgrade.tells(RevisionRetried)
        service.execute("UPDATE t SET n = n WHERE id = 1")
        service.commit()
    upgrade.succeeds()
    assert deployment.value("SELECT count(*) FROM t WHERE n = -1") == 2


def test_names_are_resolved_as_the_revision_does(deployments: Deployments) -> None:
    """Two tables of one name: the one in the way is found by the revision's own search path."""
    deployment = deployments.new(
        Revision(
            "a1", before=SAFE, up="op.execute('SET LOCAL search_path = other, public'); op.set_not_null('t', 'n')"
        ),
        setup=f"CREATE SCHEMA other; CREATE TABLE other.t (n int); {TABLE}",
    )
    with deployment.session("innocent") as innocent, deployment.session("guilty") as guilty:
        innocent.execute("SELECT FROM public.t")
        guilty.execute("SELECT FROM other.t")
        upgrade = deployment.apply()
        waited = upgrade.tells(LockWaiting, lambda event: bool(event.blockers))
        assert {blocker.application for blocker in waited.blockers} == {"guilty"}
    upgrade.succeeds()
    assert (
        deployment.value(
            "SELECT string_agg(attrelid::regclass::text, ' ') FROM pg_attribute WHERE attname = 'n' AND attnotnull"
        )
        == "other.t"
    )


def test_a_full_lock_queue(deployments: Deployments) -> None:
    """Forty sessions stand in the queue already: nobody waits for us, and when they are through we get in."""
    deployment = deployments.new(NOT_NULL)
    with deployment.session() as holder:
        holder.execute("LOCK TABLE t IN ACCESS EXCLUSIVE MODE")
        with beside(deployment, lambda connection: connection.execute("UPDATE t SET n = n WHERE id = 3"), sessions=40):
            deployment.until(SEEN.replace("count(*) > 0", "count(*) = 40"))
            upgrade = deployment.apply()
            waited = upgrade.tells(LockWaiting, lambda event: bool(event.blockers))
            assert [blocker.pid for blocker in waited.blockers] == [holder.info.backend_pid]
            assert deployment.value(STRONG_IN_QUEUE) == 0
            holder.commit()
            upgrade.succeeds()
    deployment.nothing_is_left()
