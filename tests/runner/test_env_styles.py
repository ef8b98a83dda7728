"""env.py as people write it: each way must apply everything, be retried where a lock is missing, and leave nothing."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, text

from checks.projects import Revision
from midflight.bridge.applying import apply
from midflight.bridge.project import ProjectSource, load_project
from midflight.bridge.request import Request
from midflight.runner.events import LockWaiting
from runner.deployments import SAFE, TABLE

if TYPE_CHECKING:
    from runner.deployments import Deployments

HISTORY = (
    Revision("a1", up="op.execute('CREATE TABLE made (n int)')", down="op.drop_table('made')"),
    Revision(
        "b2",
        after="a1",
        before=SAFE,
        up="op.execute('INSERT INTO made VALUES (1)'); op.set_not_null('t', 'n'); op.create_index('ix', 't', ['n'])",
        down="op.drop_index('ix', 't'); op.drop_not_null('t', 'n'); op.execute('DELETE FROM made')",
    ),
)
_SYNC = "from alembic import context\nfrom sqlalchemy import create_engine, pool, text\n"
_ASYNC = """\
import asyncio
from alembic import context
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
def run(connection):
{configure}
async def main():
    engine = create_async_engine({{url}})
    async with engine.{connect}() as connection:
        await connection.run_sync(run)
    await engine.dispose()
asyncio.run(main())
"""
_USUAL = """\
context.configure(connection=connection{options})
with context.begin_transaction():
    context.run_migrations()
"""


def sync(configure: str = "", connect: str = "connect", pool: str = "") -> str:
    """A synchronous env.py."""
    body = textwrap.indent(configure or usual(), "    ")
    return f"{_SYNC}with create_engine({{url}}{pool}).{connect}() as connection:\n{body}"


def usual(options: str = "") -> str:
    """The usual three lines."""
    return _USUAL.format(options=options)


STYLES = {
    "begin": sync(connect="begin"),
    "connection.begin": sync("with connection.begin():\n" + textwrap.indent(usual(), "    ")),
    "sql before": sync("connection.execute(text('SELECT 1'))\n" + usual()),
    "settings before": sync("connection.execute(text(\"SET lock_timeout = '1ms'\"))\n" + usual()),
    "no begin_transaction": sync("context.configure(connection=connection)\ncontext.run_migrations()\n"),
    "per migration": sync(usual(", transaction_per_migration=True")),
    "not per migration": sync(usual(", transaction_per_migration=False")),
    "null pool": sync(pool=", poolclass=pool.NullPool"),
    "autocommit engine": sync(pool=", isolation_level='AUTOCOMMIT'"),
    "serializable engine": sync(pool=", isolation_level='SERIALIZABLE'"),
    "version table": sync(usual(", version_table='versions', version_table_schema='public'")),
    "async begin": _ASYNC.format(configure=textwrap.indent(usual(), "    "), connect="begin"),
    "async connect": _ASYNC.format(configure=textwrap.indent(usual(), "    "), connect="connect"),
}
CASES = [
    pytest.param(text, driver, id=f"{name}-{driver}")
    for name, text in STYLES.items()
    for driver in (("asyncpg",) if "async" in name else ("psycopg", "psycopg2"))
]


@pytest.mark.parametrize(("env", "driver"), CASES)
def test_each_way_to_connect(deployments: Deployments, env: str, driver: str) -> None:
    deployment = deployments.new(*HISTORY, driver=driver, env=env)
    before = deployment.snapshot()
    with deployment.session() as reader:
        reader.execute("SELECT FROM t")
        upgrade = deployment.apply()
        upgrade.tells(LockWaiting)
    upgrade.succeeds()
    assert deployment.value("SELECT count(*) FROM made") == 1
    after = deployment.snapshot()
    deployment.apply("downgrade").succeeds()
    assert {name for name in deployment.snapshot() if name.name != "versions"} == set(before)
    deployment.apply().succeeds()
    assert deployment.snapshot() == after
    deployment.nothing_is_left()


TENANTS = """
from alembic import context
from sqlalchemy import create_engine, text
with create_engine({url}).connect() as connection:
    for tenant in ("one", "two", "three"):
        connection.execute(text(f"SET search_path = {tenant}"))
        connection.commit()
        context.configure(connection=connection OPTIONS)
        with context.begin_transaction():
            context.run_migrations()
"""


@pytest.mark.parametrize("options", ["", ", version_table_schema=tenant"], ids=["by search path", "by schema"])
def test_a_loop_over_schemas(deployments: Deployments, options: str) -> None:
    """One schema a tenant, the same tables in each; the second time one of them lags behind."""
    tenants = ("one", "two", "three")
    setup = TABLE.split(";")
    deployment = deployments.new(
        *HISTORY,
        env=TENANTS.replace(" OPTIONS", options),
        driver="psycopg",
        setup=";".join(f"CREATE SCHEMA {name}; SET search_path = {name}; {setup[0]}; {setup[1]}" for name in tenants),
    )
    deployment.apply().succeeds()
    count = "SELECT count(*) FROM pg_indexes WHERE schemaname IN ('one', 'two', 'three') AND indexname = 'ix'"
    assert deployment.value(count) == 3
    deployment.send("DROP INDEX two.ix; UPDATE two.alembic_version SET version_num = 'a1'; DELETE FROM two.made")
    upgrade = deployment.apply()
    upgrade.succeeds()
    assert deployment.value(count) == 3
    assert deployment.value("SELECT count(*) FROM two.made") == 1
    assert deployment.value("SELECT count(*) FROM one.made") == 1
    deployment.nothing_is_left()


SHARED = """
from alembic import context
connection = context.config.attributes["connection"]
context.configure(connection=connection)
with context.begin_transaction():
    context.run_migrations()
"""

SET_HERE = """
SELECT array_agg(name || setting ORDER BY name) FROM pg_settings
WHERE source = 'session' AND setting <> reset_val AND name <> 'transaction_isolation'
"""


def test_a_connection_from_the_caller_is_given_back_as_it_was(deployments: Deployments) -> None:
    """Of a pool that goes on: no name, limit or role of ours may stay."""
    deployment = deployments.new(*HISTORY, env=SHARED, driver="psycopg")
    settings = text(SET_HERE)
    engine = create_engine(deployment.url, pool_size=1, max_overflow=0)
    with engine.connect() as connection:
        before = connection.execute(settings).scalar_one()
        connection.commit()
        project = load_project(ProjectSource(deployment.folder / "alembic.ini"))
        project.config.attributes["connection"] = connection
        assert apply(project, Request()) == ("a1", "b2")
        assert connection.execute(settings).scalar_one() == before
    with engine.connect() as connection:
        assert connection.execute(settings).scalar_one() == before
    engine.dispose()
    deployment.nothing_is_left()
