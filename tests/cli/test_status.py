"""``midflight status`` tells what needs attention in a live database, changes nothing and shows nobody's data."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager, chdir
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from checks.projects import Revision, env_py, write_project, write_revision
from midflight.bridge.project import ProjectSource
from midflight.checks.status import StatusRequest, read_status
from midflight.errors import ProjectError
from midflight.report.lines import Page
from midflight.report.status import status_text
from midflight.report.status_json import status_json
from midflight.runner.deployer import lock_key
from midflight.runner.journal import file_hash
from midflight.sql.constants import without_constants

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from subprocess import CompletedProcess

    from midflight.pg.addresses import Address

    Run = Callable[..., CompletedProcess[str]]

SECRET = "4711-secret"
PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "plan-and-status.md").read_text()
VERSION_TABLE = "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)"
JOURNAL = """
INSERT INTO midflight.journal (
    run, version_table, revision, direction, hash, state, started_at, finished_at, waited_ms, operator,
    midflight_version
) VALUES (
    gen_random_uuid(), 'alembic_version', $1, 'upgrade', $2, $3, '2026-01-01 12:00:00+00', $4, 1500, 'me@host', '0.1'
)
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """A status, for machines and for people."""

    document: dict[str, Any]
    told: str


@dataclass(frozen=True, slots=True)
class Live:
    """A live database, its project, and the command that looks at them."""

    address: Address
    folder: Path
    admin: asyncpg.Connection

    async def look(self, *, long_seconds: float = 60.0, database: Address | None = None) -> Seen:
        """Look as the command does, in this process: many processes would take their time."""
        source = ProjectSource(self.folder / "alembic.ini")
        status = await read_status(StatusRequest(source, self.folder, database, long_seconds=long_seconds))
        return Seen(json.loads(status_json(status)), status_text(status, Page(width=200)))

    async def until(self, query: str) -> None:
        """Wait until a query says so."""
        while not await self.admin.fetchval(query):  # noqa: ASYNC110 - the server tells no event
            await asyncio.sleep(0.02)


@pytest.fixture
async def live(database: Address, tmp_path: Path) -> AsyncIterator[Live]:
    """A project of three revisions whose own database is at the first."""
    write_project(
        tmp_path,
        Revision("a1"),
        Revision("b2", after="a1"),
        Revision("c3", after="b2"),
        env=env_py("asyncpg", url=database.url("postgresql+asyncpg")),
    )
    async with session(database) as admin:
        await admin.execute(f"{VERSION_TABLE}; INSERT INTO alembic_version VALUES ('a1')")
        await admin.execute(
            "CREATE TABLE orders (id int PRIMARY KEY, total int); INSERT INTO orders VALUES (1, 5), (2, 5)"
        )
        yield Live(database, tmp_path, admin)


@asynccontextmanager
async def session(address: Address, application: str = "") -> AsyncIterator[asyncpg.Connection]:
    settings = {"application_name": application}
    connection: asyncpg.Connection = await asyncpg.connect(**address.asyncpg_arguments(), server_settings=settings)
    try:
        yield connection
    finally:
        connection.terminate()


async def test_behind_up_to_date_unknown_and_new(live: Live) -> None:
    behind = await live.look()
    assert [key for key in (*behind.document, *behind.document["history"]) if f"`{key}`" not in PAGE] == []
    assert behind.document["revisions"] == ["a1"]
    assert [one["id"] for one in behind.document["history"]["pending"]] == ["b2", "c3"]
    assert behind.document["needs_attention"]
    assert "2 revisions behind the head:\n    b2  Revision b2." in behind.told

    await live.admin.execute("UPDATE alembic_version SET version_num = 'c3'")
    fine = await live.look()
    assert not fine.document["needs_attention"]
    assert "c3 Revision c3." in " ".join(fine.told.split())
    assert "up to date" in fine.told

    await live.admin.execute("UPDATE alembic_version SET version_num = 'gone'")
    unknown = (await live.look()).document
    assert unknown["history"]["unknown"] == ["gone"]
    assert unknown["needs_attention"]

    await live.admin.execute("CREATE SCHEMA elsewhere; ALTER TABLE alembic_version SET SCHEMA elsewhere")
    new = await live.look()
    assert (new.document["version_table"], new.document["revisions"]) == (None, [])
    assert len(new.document["history"]["pending"]) == 3
    assert "in the schema elsewhere, to which the search_path does not lead" in new.told


async def test_leftovers(live: Live) -> None:
    with pytest.raises(asyncpg.UniqueViolationError):
        await live.admin.execute("CREATE UNIQUE INDEX CONCURRENTLY ix_total ON orders (total)")
    await live.admin.execute("ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0) NOT VALID")
    await live.admin.execute("UPDATE alembic_version SET version_num = 'c3'")
    seen = await live.look()
    [index] = seen.document["invalid_indexes"]
    assert (index["name"], index["table"], index["build"]) == ("ix_total", "orders", None)
    assert seen.document["unvalidated_constraints"] == [{"table": "orders", "name": "positive", "kind": "check"}]
    assert seen.document["needs_attention"]

    statements = [line.strip() for line in seen.told.splitlines() if line.endswith(";")]
    assert len(statements) == 2
    await live.admin.execute(statements[0])
    again = (await live.look()).document
    assert len(again["unvalidated_constraints"]) == 1
    assert not again["needs_attention"]  # a constraint that waits for its validation is no trouble
    await live.admin.execute(statements[1])
    assert (await live.look()).document["unvalidated_constraints"] == []


async def test_a_build_that_is_under_way_is_no_leftover(live: Live) -> None:
    async with session(live.address) as reader, session(live.address) as builder:
        await reader.execute("BEGIN; UPDATE orders SET total = 6 WHERE id = 1")
        building = asyncio.create_task(builder.execute("CREATE INDEX CONCURRENTLY ix_id ON orders (total)"))
        await live.until("SELECT EXISTS (SELECT FROM pg_index WHERE NOT indisvalid)")
        await live.until("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        seen = await live.look()
        [index] = seen.document["invalid_indexes"]
        assert index["build"]["pid"] == builder.get_server_pid()
        assert "is building it, waiting for" in seen.told
        assert "nobody is building it" not in seen.told
        [wait] = seen.document["waiting_locks"]
        assert wait["waits_for"] == "the end of a transaction"
        await reader.execute("COMMIT")
        await building


async def test_who_waits_and_who_is_in_the_way_without_their_data(live: Live) -> None:
    async with session(live.address, "job\x1b[31m") as holder, session(live.address, "api") as waiter:
        await holder.execute(f"BEGIN; SELECT '{SECRET}' FROM orders /* {SECRET} */ WHERE id = 4711")
        waiting = asyncio.create_task(waiter.execute(f"ALTER TABLE orders ADD COLUMN note text DEFAULT '{SECRET}'"))
        await live.until("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        seen = await live.look(long_seconds=0.001)
        [wait] = seen.document["waiting_locks"]
        assert (wait["mode"], wait["table"]) == ("ACCESS EXCLUSIVE", "orders")
        assert wait["session"]["pid"] == waiter.get_server_pid()
        assert wait["session"]["statement"] == "ALTER TABLE orders ADD COLUMN note text DEFAULT ?"
        [blocker] = wait["blockers"]
        assert [key for key in (*wait, *blocker) if f"`{key}`" not in PAGE] == []
        assert (blocker["pid"], blocker["state"]) == (holder.get_server_pid(), "idle in transaction")
        assert blocker["statement"] == "BEGIN; SELECT ? FROM orders WHERE id = ?"
        long = {one["pid"] for one in seen.document["long_transactions"]}
        assert {holder.get_server_pid(), waiter.get_server_pid()} <= long

        assert "for ACCESS EXCLUSIVE on orders, behind" in seen.told
        assert "(api), active" in seen.told
        for text in (seen.told, json.dumps(seen.document)):
            assert SECRET not in text
            assert "4711" not in text
            assert "\x1b" not in text
        assert (await live.look()).document["long_transactions"] == []  # none of them is a minute old
        await holder.execute("COMMIT")
        await waiting


async def test_a_prepared_transaction_is_in_the_way_too(live: Live) -> None:
    await live.admin.execute("BEGIN; UPDATE orders SET total = 7 WHERE id = 1")
    await live.admin.execute("PREPARE TRANSACTION 'left'")
    async with session(live.address) as waiter:
        try:
            waiting = asyncio.create_task(waiter.execute("UPDATE orders SET total = 8 WHERE id = 1"))
            await live.until("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
            seen = await live.look(long_seconds=0.001)
        finally:
            await live.admin.execute("COMMIT PREPARED 'left'")
        await waiting
    [wait] = seen.document["waiting_locks"]
    assert wait["waits_for"] == "the end of a transaction that has changed the same row"
    assert [one["state"] for one in wait["blockers"]] == ["prepared"]
    assert "prepared" in [one["state"] for one in seen.document["long_transactions"]]
    assert "a prepared transaction of" in seen.told


async def test_the_journal_and_who_is_at_work(live: Live) -> None:
    assert "Journal      none" in (await live.look()).told
    tables = (resources.files("midflight.runner") / "sql" / "journal.sql").read_text()
    await live.admin.execute(f"CREATE SCHEMA midflight; {tables}")
    file = live.folder / "migrations" / "versions" / "a1.py"
    end = datetime(2026, 1, 1, 12, 0, 3, tzinfo=UTC)
    await live.admin.execute(JOURNAL, "a1", file_hash(file), "done", end)
    await live.admin.execute(JOURNAL, "b2", "0", "started", None)
    seen = await live.look()
    assert [(one["revision"], one["state"], one["waited_seconds"]) for one in seen.document["journal"]] == [
        ("b2", "started", 1.5),
        ("a1", "done", 1.5),
    ]
    assert seen.document["history"]["edited"] == []
    assert "upgrade a1 done in 3.0 s, 1.5 s of it waiting for locks" in seen.told
    assert "upgrade b2 was interrupted: midflight upgrade goes on where it stopped" in seen.told

    await live.admin.execute("SELECT pg_advisory_lock($1, $2)", *lock_key("alembic_version"))
    write_revision(live.folder, Revision("a1", up="print('edited')"))
    seen = await live.look()
    assert seen.document["deployer"]["pid"] == live.admin.get_server_pid()
    assert seen.document["history"]["edited"] == ["a1"]
    assert "upgrade b2 is under way" in seen.told
    assert "a1 was edited after it was applied: a1.py" in seen.told


@pytest.mark.parametrize("driver", ["asyncpg", "psycopg2", "psycopg"])
async def test_a_reader_sees_what_it_may_and_env_py_changes_nothing(live: Live, driver: str) -> None:
    reader = f"reader_{live.address.database}"
    await live.admin.execute(f'CREATE ROLE "{reader}" LOGIN; GRANT SELECT ON alembic_version TO "{reader}"')
    writes = "connection.exec_driver_sql('CREATE TABLE mine (id int)'); connection.commit()"
    env = env_py(driver, url=live.address.url(f"postgresql+{driver}"))
    env = env.replace("def run_on(connection):\n", f"def run_on(connection):\n    {writes}\n")
    (live.folder / "migrations" / "env.py").write_text(env)
    try:
        seen = await live.look(database=replace(live.address, user=reader))
        assert seen.document["revisions"] == ["a1"]
        assert not seen.document["sees_all_sessions"]
        assert f'GRANT pg_read_all_stats TO "{reader}"' in seen.told
    finally:
        await live.admin.execute(f'DROP OWNED BY "{reader}"; DROP ROLE "{reader}"')
    assert (await live.look()).document["sees_all_sessions"]  # and so env.py ran as a superuser
    assert await live.admin.fetchval("SELECT to_regclass('mine') IS NULL")


async def test_an_env_py_that_has_no_offline_mode_is_read_online(live: Live) -> None:
    env = env_py("asyncpg", url=live.address.url("postgresql+asyncpg"), options="version_table='versions'")
    offline, online = env.split("if context.is_offline_mode():")[0], "asyncio.run(run_online())\n"
    (live.folder / "migrations" / "env.py").write_text(offline + online)
    await live.admin.execute("ALTER TABLE alembic_version RENAME TO versions")
    assert (await live.look()).document["revisions"] == ["a1"]


async def test_an_env_py_that_wants_to_be_given_its_connection(live: Live) -> None:
    (live.folder / "migrations" / "env.py").write_text(
        "from alembic import context\n"
        "context.configure(connection=context.config.attributes['connection'])\n"
        "with context.begin_transaction():\n    context.run_migrations()\n"
    )
    assert (await live.look(database=live.address)).document["revisions"] == ["a1"]
    with pytest.raises(ProjectError) as raised:
        await live.look()
    assert raised.value.hint == "name the database with --database URL"


async def test_the_command(live: Live, midflight: Run, tmp_path_factory: pytest.TempPathFactory) -> None:
    async def run(*arguments: str, **variables: str) -> CompletedProcess[str]:
        return await asyncio.to_thread(midflight, "status", *arguments, **variables)

    config = str(live.folder / "alembic.ini")
    ran = await run("-c", config, "--format", "json", "--check")
    assert (ran.returncode, ran.stderr) == (1, "")
    assert json.loads(ran.stdout)["revisions"] == ["a1"]
    ran = await run("-c", config, MIDFLIGHT_MIGRATION_URL="postgresql://me:s3cr:t@nowhere.invalid/shop")
    assert (ran.returncode, ran.stdout) == (3, "")
    assert "me@nowhere.invalid:5432/shop" in ran.stderr
    assert "s3cr" not in ran.stderr

    with chdir(tmp_path_factory.mktemp("empty")):
        ran = await run("--database", live.address.url())
        assert ran.returncode == 0, ran.stderr
        assert "There is no Alembic project here to compare it with." in ran.stdout
        ran = await run()
        assert (ran.returncode, ran.stdout) == (2, "")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "SELECT * FROM t WHERE a = 'O''Brien' AND b = 42 -- 7\nLIMIT 5",
            "SELECT * FROM t WHERE a = ? AND b = ? LIMIT ?",
        ),
        ("INSERT INTO t(a) VALUES (E'x\\n', $$y$$, 1.5e3, B'1', $1)", "INSERT INTO t(a) VALUES (?, ?, ?, ?, $1)"),
        ("EXECUTE p('x', 1)", "EXECUTE p(?, ?)"),
        ("COMMENT ON TABLE t IS 'x'", "COMMENT ON TABLE t IS ?"),
        ("/* user=7 */ ALTER ROLE r PASSWORD 'x'", "ALTER ROLE r PASSWORD ?"),
        ("UPDATE accounts SET iban = 'DE89 3704 00", "UPDATE accounts …"),
        ("  ", None),
        ("'", None),
        ("SELECT " + "x, " * 100, "SELECT " + ("x, " * 100)[:152] + "…"),
    ],
)
def test_constants_are_never_shown(text: str, shown: str | None) -> None:
    assert without_constants(text) == shown
