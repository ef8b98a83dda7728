"""``midflight upgrade`` and ``downgrade`` as a person or a pipeline sees them, and ``await midflight.upgrade()``."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import create_async_engine

import midflight
from checks.projects import NOWHERE, Revision, env_py, run_midflight, write_project
from midflight.errors import DatabaseError, MidflightError, RangeError

if TYPE_CHECKING:
    from pathlib import Path

    from midflight.pg.addresses import Address

SAFE = "from midflight import op"
HISTORY = (
    Revision("a1", up='op.execute("CREATE TABLE t (id int PRIMARY KEY, n int)")', down='op.execute("DROP TABLE t")'),
    Revision("b2", after="a1", before=SAFE, up='op.set_not_null("t", "n")', down='op.drop_not_null("t", "n")'),
)


def project(folder: Path, database: Address, *revisions: Revision, driver: str = "asyncpg", options: str = "") -> Path:
    url = database.url(f"postgresql+{driver}")
    return write_project(folder, *(revisions or HISTORY), env=env_py(driver, url=url, options=options))


async def fetch(database: Address, query: str) -> list[asyncpg.Record]:
    connection: asyncpg.Connection = await asyncpg.connect(**database.asyncpg_arguments())
    try:
        return await connection.fetch(query)
    finally:
        await connection.close()


async def test_lines_tell_each_step_and_there_is_a_way_back(tmp_path: Path, database: Address) -> None:
    folder = project(tmp_path, database)
    up = run_midflight(folder, "upgrade")
    assert (up.code, up.err) == (0, "")
    said = [line.split(" ", 1)[1] for line in up.out.splitlines()]
    assert said[:3] == ["upgrade: 2 revisions", "a1: Revision a1. (1 of 2)", "b2: Revision b2. (2 of 2)"]
    assert any(line.startswith("  read t to validate ") for line in said)
    assert said[-1].startswith("done: 2 revisions in ")

    assert run_midflight(folder, "upgrade").out.rstrip().endswith("nothing to do")
    down = run_midflight(folder, "downgrade", "-1")
    assert (down.code, "b2: Revision b2. (1 of 1)" in down.out) == (0, True), down.err
    assert [row[0] for row in await fetch(database, "SELECT version_num FROM alembic_version")] == ["a1"]
    states = await fetch(database, "SELECT revision, direction, state FROM midflight.journal WHERE step IS NULL")
    assert [tuple(row) for row in states] == [
        ("a1", "upgrade", "done"),
        ("b2", "upgrade", "done"),
        ("b2", "downgrade", "done"),
    ]


def test_events_for_machines_and_silence(tmp_path: Path, database: Address) -> None:
    folder = project(tmp_path, database)
    ran = run_midflight(folder, "upgrade", "--format", "json", "+1")
    events = [json.loads(line) for line in ran.out.splitlines()]
    assert [event["event"] for event in events] == [
        "run_started",
        "revision_started",
        "revision_finished",
        "run_finished",
    ]
    assert events[-1]["revisions"] == ["a1"]
    quiet = run_midflight(folder, "upgrade", "--quiet")
    assert (quiet.code, quiet.out, quiet.err) == (0, "", "")


async def test_the_script_does_what_the_upgrade_does(tmp_path: Path, database: Address) -> None:
    folder = project(tmp_path, database, driver="psycopg")
    script = run_midflight(folder, "upgrade", "--sql").out
    assert "SET LOCAL lock_timeout = 100;" in script
    assert script.index("VALIDATE CONSTRAINT") > script.index("LOCK TABLE")
    connection: asyncpg.Connection = await asyncpg.connect(**database.asyncpg_arguments())
    await connection.execute(script)
    await connection.close()
    assert [row[0] for row in await fetch(database, "SELECT version_num FROM alembic_version")] == ["b2"]
    [[not_null]] = await fetch(database, "SELECT attnotnull FROM pg_attribute WHERE attname = 'n'")
    assert not_null

    refused = run_midflight(folder, "downgrade", "--sql", "a1")
    assert (refused.code, "hint: midflight downgrade --sql FROM:TO" in refused.err) == (2, True)


def test_what_goes_wrong_is_told_in_words(tmp_path: Path, database: Address) -> None:
    secret = "5555-4444"
    bad = (
        Revision("a1", up='op.execute("CREATE TABLE t (id int PRIMARY KEY, n text)")'),
        Revision("b2", after="a1", up=f"op.execute(\"INSERT INTO t VALUES (1, '{secret}'), (1, '{secret}')\")"),
    )
    folder = project(tmp_path / "bad", database, *bad)
    ran = run_midflight(folder, "upgrade")
    assert ran.code == 3
    assert "error: revision b2 (b2.py, line 12): duplicate key value violates unique constraint" in ran.err
    assert secret not in ran.out + ran.err
    assert "Traceback" not in ran.err

    unknown = run_midflight(folder, "upgrade", "nonesuch")
    assert (unknown.code, unknown.err) == (2, "error: Can't locate revision identified by 'nonesuch'\n")
    nowhere = run_midflight(write_project(tmp_path / "nowhere", *HISTORY), "upgrade")
    assert nowhere.code in {2, 3}
    assert nowhere.err.startswith("error: ")
    assert "Traceback" not in nowhere.err
    assert NOWHERE.partition("@")[2][:8] in nowhere.err or "nowhere" in nowhere.err


def test_a_database_that_is_not_there_is_no_error_of_the_project(tmp_path: Path) -> None:
    url = "postgresql+asyncpg://u:s3cret@127.0.0.1:1/shop"
    ran = run_midflight(write_project(tmp_path, *HISTORY, env=env_py("asyncpg", url=url)), "upgrade")
    assert ran.code == 3
    assert ran.err.startswith("error: no connection to the database: ")
    named = run_midflight(tmp_path, "upgrade", "--database", "nonsense:s3cret")
    assert (named.code, named.err.startswith("error: database: not a PostgreSQL URL")) == (2, True)
    assert "s3cret" not in ran.err + named.err


async def test_nothing_is_compiled_to_read_the_catalog(tmp_path: Path, database: Address) -> None:
    """With jit, PostgreSQL's default, to read the state of one operation took seconds."""
    seen = "op.execute(\"INSERT INTO seen SELECT current_setting('jit')\")"
    history = (
        Revision("a1", up='op.execute("CREATE TABLE seen (jit text); CREATE TABLE t (n int)")', before=SAFE),
        Revision("b2", after="a1", before=SAFE, up=f'op.set_not_null("t", "n")\n{seen}'),
    )
    folder = project(tmp_path, database, *history)
    await fetch(database, f'ALTER DATABASE "{database.database}" SET jit = on')
    assert run_midflight(folder, "upgrade").code == 0
    assert [row[0] for row in await fetch(database, "SELECT jit FROM seen")] == ["off"]
    assert run_midflight(folder, "status").code == 0


async def test_who_does_not_own_the_table_is_told_what_helps(tmp_path: Path, database: Address) -> None:
    """Nothing of the revision stays, and nobody waits for a lock that could not be used."""
    role, folder = f"migrator_{database.database}", project(tmp_path, database)
    run_midflight(folder, "upgrade", "a1")
    await fetch(database, f'CREATE ROLE "{role}"')
    await fetch(database, f'GRANT CREATE ON SCHEMA public TO "{role}"')
    await fetch(database, f'GRANT ALL ON ALL TABLES IN SCHEMA public TO "{role}"')
    await fetch(database, f'GRANT USAGE ON SCHEMA midflight TO "{role}"')
    await fetch(database, f'GRANT ALL ON ALL TABLES IN SCHEMA midflight TO "{role}"')
    try:
        ran = run_midflight(folder, "upgrade", "--role", role)
        assert ran.code == 3
        assert ran.err.startswith("error: revision b2 (b2.py, line ")
        assert "must be owner of table t" in ran.err
        assert "connect as it, or become it with --role" in ran.err
        assert [row[0] for row in await fetch(database, "SELECT version_num FROM alembic_version")] == ["a1"]
        assert await fetch(database, "SELECT FROM pg_constraint WHERE conrelid = 't'::regclass AND contype = 'c'") == []
        assert run_midflight(folder, "upgrade").code == 0
    finally:
        await fetch(database, f'DROP OWNED BY "{role}"')
        await fetch(database, f'DROP ROLE "{role}"')


def test_code_that_fails_is_told_with_its_line(tmp_path: Path, database: Address) -> None:
    folder = project(tmp_path, database, Revision("a1", up='x = 1\nraise ValueError("no")'))
    ran = run_midflight(folder, "upgrade")
    assert (ran.code, ran.err) == (2, "error: revision a1 (a1.py, line 13): ValueError: no\n")


@pytest.mark.parametrize("driver", ["asyncpg", "psycopg"])
async def test_from_a_running_event_loop(
    tmp_path: Path, database: Address, driver: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = project(tmp_path, database, driver=driver)
    monkeypatch.chdir(folder)
    assert await midflight.upgrade() == ("a1", "b2")
    assert await midflight.upgrade() == ()
    assert await midflight.downgrade("base") == ("b2", "a1")
    with pytest.raises(RangeError, match="nonesuch"):
        await midflight.upgrade("nonesuch")


async def test_on_an_engine_or_a_connection_of_ones_own(
    tmp_path: Path, database: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = project(tmp_path, database)
    monkeypatch.chdir(folder)
    engine = create_async_engine(database.url("postgresql+asyncpg"), pool_size=1)
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0.001)

    ticking = asyncio.create_task(tick())
    try:
        assert await midflight.upgrade(bind=engine) == ("a1", "b2")
        assert ticks > 1  # the loop went on meanwhile
        async with engine.connect() as connection:
            assert await midflight.downgrade("a1", bind=connection) == ("b2",)
            answer = await connection.exec_driver_sql(
                "SELECT current_setting('application_name'), current_setting('lock_timeout')"
            )
            assert tuple(answer.one()) == ("", "0")
            assert (await connection.exec_driver_sql("SELECT count(*) FROM t")).scalar_one() == 0
    finally:
        ticking.cancel()
        await engine.dispose()


async def test_one_at_a_time_in_a_process(tmp_path: Path, database: Address, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Revision("a1", up='op.execute("SELECT pg_sleep(1)")')
    monkeypatch.chdir(project(tmp_path, database, slow))
    first, second = await asyncio.gather(midflight.upgrade(), midflight.upgrade(), return_exceptions=True)
    assert first == ("a1",)
    assert isinstance(second, MidflightError)
    assert not isinstance(second, DatabaseError)
    assert "one at a time" in str(second)
