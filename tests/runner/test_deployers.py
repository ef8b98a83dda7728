"""Many deployers at once: one applies, the others wait, say for whom, and find nothing to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checks.projects import Revision
from runner.deployments import SAFE, waiting

if TYPE_CHECKING:
    from runner.deployments import Deployments

DEPLOYERS = 20
HISTORY = (
    Revision("a1", up="op.execute('CREATE TABLE applied (by int)')"),
    Revision(
        "b2",
        after="a1",
        before=SAFE,
        up="op.execute('INSERT INTO applied SELECT pg_backend_pid()'); op.set_not_null('t', 'n')",
    ),
)


def test_one_of_twenty_applies(deployments: Deployments) -> None:
    deployment = deployments.new(*HISTORY)
    with deployment.session() as reader:  # nobody gets in before all twenty are there
        reader.execute("LOCK TABLE t IN ACCESS SHARE MODE")
        all_ = [deployment.start("upgrade") for _ in range(DEPLOYERS)]
        waiting(
            lambda: sum("waiting for another upgrade: pid" in one.output for one in all_) == DEPLOYERS - 1,
            "nineteen wait",
        )
    for one in all_:
        one.succeeds()
    waited = [one for one in all_ if "nothing to do" in one.output]
    [deployer] = [one for one in all_ if one not in waited]
    assert "done: 2 revisions" in deployer.output
    assert len(waited) == DEPLOYERS - 1
    assert deployment.value("SELECT count(*) FROM applied") == 1
    deployment.nothing_is_left()


def test_a_deployer_that_is_killed_frees_the_next(deployments: Deployments) -> None:
    deployment = deployments.new(*HISTORY)
    with deployment.session() as reader:
        reader.execute("LOCK TABLE t IN ACCESS SHARE MODE")
        first = deployment.start("upgrade")
        first.says("b2")
        second = deployment.start("upgrade")
        second.says("waiting for another upgrade: pid")
        first.kill()
        second.says("b2")
    second.succeeds()
    assert deployment.value("SELECT count(*) FROM applied") == 1
    assert deployment.version == "b2"
    deployment.nothing_is_left()


def test_the_wait_for_another_deployer_has_a_limit(deployments: Deployments) -> None:
    deployment = deployments.new(*HISTORY)
    with deployment.session() as reader:
        reader.execute("LOCK TABLE t IN ACCESS SHARE MODE")
        first = deployment.start("upgrade")
        first.says("b2")
        deployment.run("upgrade", "--max-wait", "0.5").fails(3, "another upgrade has been under way", "hint: it is pid")
    first.succeeds()


def test_version_tables_do_not_wait_for_each_other_and_make_one_journal(deployments: Deployments) -> None:
    """Four at once in one new database, each with a version table of its own."""
    one, *others = (
        deployments.new(
            Revision("a1", up=f"op.execute('CREATE TABLE made_{number} ()')"),
            env=ENV.replace("NUMBER", str(number)),
            driver="psycopg",
        )
        for number in range(4)
    )
    for other in others:
        deployments.stage.drop(other.database)
        other.database = one.database
    deployments.made[1:] = []
    running = [deployment.start("upgrade") for deployment in (one, *others)]
    for command in running:
        command.succeeds()
    assert one.value("SELECT count(*) FROM pg_class WHERE relname LIKE 'made_%'") == 4
    assert one.value("SELECT count(*) FROM midflight.journal WHERE state = 'done'") == 4


ENV = """
from alembic import context
from sqlalchemy import create_engine
with create_engine({url}).connect() as connection:
    context.configure(connection=connection, version_table="versions_NUMBER")
    with context.begin_transaction():
        context.run_migrations()
"""
