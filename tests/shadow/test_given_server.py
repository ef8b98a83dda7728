from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from midflight.errors import ExitCode, ShadowError
from midflight.pg.addresses import Address
from midflight.pg.identifiers import quote_literal
from midflight.pg.versions import Version
from midflight.shadow.account import server_account
from midflight.shadow.choice import ShadowChoice, choose_installation
from midflight.shadow.given import find_problem, given_shadow
from midflight.shadow.installations import find_installations
from midflight.shadow.opening import open_shadow
from midflight.shadow.server import SETTINGS, address_in, child_server, wait_until_ready
from midflight.shadow.template import copy_template
from midflight.shadow.workspace import open_cache, work_folder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from midflight.shadow.databases import Connection

pytestmark = pytest.mark.timeout(120)

PGBOUNCER = Path("/usr/sbin/pgbouncer")
SECRET = "p%40@:/'x%"


@pytest.fixture
async def watcher(server: Address) -> AsyncIterator[Connection]:
    connection: Connection = await asyncpg.connect(**server.asyncpg_arguments())
    yield connection
    await connection.close()


async def shadows(watcher: Connection) -> set[str]:
    rows = await watcher.fetch("SELECT datname FROM pg_database WHERE starts_with(datname, 'midflight_shadow_')")
    return {row["datname"] for row in rows}


async def refusal(address: Address, *, major: int | None = None) -> str:
    """Open a shadow that must be refused; return the message, which never holds a password."""
    with pytest.raises(ShadowError) as caught:
        async with open_shadow(ShadowChoice(address, major)):
            pass
    assert caught.value.exit_code == ExitCode.DATABASE
    words = f"{caught.value} {caught.value.hint}"
    assert SECRET not in words
    return words


async def test_makes_a_database_and_drops_it(server: Address, watcher: Connection) -> None:
    before = await shadows(watcher)
    async with open_shadow(ShadowChoice(server)) as shadow:
        another = await shadow.create_database()
        assert await shadows(watcher) - before == {shadow.address.database, another.database}
        assert shadow.facts.origin == "given"
        assert f"{shadow.facts.version}" in shadow.facts.where
    assert await shadows(watcher) == before


async def test_drops_it_when_the_work_fails_and_sessions_are_open(server: Address, watcher: Connection) -> None:
    before = await shadows(watcher)
    with pytest.raises(asyncpg.SyntaxOrAccessError):
        await break_off(server)
    assert await shadows(watcher) == before


async def break_off(server: Address) -> None:
    async with open_shadow(ShadowChoice(server)) as shadow:
        session = await asyncpg.connect(**shadow.address.asyncpg_arguments())
        try:
            await session.execute("no such statement")
        finally:
            session.terminate()


async def test_drops_it_though_the_maintenance_session_was_ended(server: Address, watcher: Connection) -> None:
    before = await shadows(watcher)
    async with open_shadow(ShadowChoice(server)):
        ended = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'midflight'"
        assert await watcher.fetchval(ended)
    assert await shadows(watcher) == before


async def test_starts_from_an_empty_database(server: Address) -> None:
    template = await asyncpg.connect(**server.with_database("template1").asyncpg_arguments())
    await template.execute("CREATE TABLE junk ()")
    try:
        async with open_shadow(ShadowChoice(server)) as shadow:
            inside = await asyncpg.connect(**shadow.address.asyncpg_arguments())
            assert await inside.fetchval("SELECT to_regclass('junk')") is None
            await inside.close()
    finally:
        await template.execute("DROP TABLE junk")
        await template.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_drops_it_when_stopped(
    server: Address, watcher: Connection, cache: Path, hold: Callable[..., Any], number: signal.Signals
) -> None:
    before = await shadows(watcher)
    with hold(cache, server.url()) as holder:
        _, database = holder.wait_for("ready")
        assert database in await shadows(watcher)
        assert holder.stop(number) == 130
    assert await shadows(watcher) == before


async def test_the_next_run_drops_what_a_killed_one_left(
    server: Address, watcher: Connection, cache: Path, hold: Callable[..., Any]
) -> None:
    before = await shadows(watcher)
    await watcher.execute("CREATE DATABASE maintenance_of_another")
    elsewhere = server.with_database("maintenance_of_another")  # locks are counted by database: both must be seen
    await watcher.execute("CREATE DATABASE midflight_shadow_of_a_colleague")
    try:
        with hold(cache, elsewhere.url()) as sibling, hold(cache, server.url()) as killed:
            _, living = sibling.wait_for("ready")
            _, dead = killed.wait_for("ready")
            killed.stop(signal.SIGKILL)
            await until_gone(watcher, dead)
            assert {living, dead} <= await shadows(watcher)
            async with open_shadow(ShadowChoice(server)):
                now = await shadows(watcher)
                assert living in now
                assert dead not in now
                assert "midflight_shadow_of_a_colleague" in now
            sibling.stop(signal.SIGINT)
    finally:
        await watcher.execute("DROP DATABASE maintenance_of_another WITH (FORCE)")
        await watcher.execute("DROP DATABASE midflight_shadow_of_a_colleague")
    assert await shadows(watcher) == before


async def until_gone(watcher: Connection, name: str) -> None:
    """Wait until the server has noticed that the client which held this database's lock was killed."""
    number = int(name.removeprefix("midflight_shadow_"), 16)
    for _ in range(1000):
        if not await watcher.fetchval(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = $1", number
        ):
            return
        await asyncio.sleep(0.01)
    pytest.fail("the lock of a killed process stays")


@pytest.fixture
async def asker(server: Address, watcher: Connection) -> AsyncIterator[Address]:
    """A role that must give a password and may create databases."""
    await watcher.execute(f"CREATE ROLE asker LOGIN CREATEDB PASSWORD {quote_literal(SECRET)}")
    rules = Path(server.host) / "data" / "pg_hba.conf"
    trusting = rules.read_text()
    rules.write_text(f"local all asker scram-sha-256\n{trusting}")
    await watcher.execute("SELECT pg_reload_conf()")
    await asyncio.sleep(0.2)  # the postmaster reads it in its own time
    yield replace(server, user="asker", password=SECRET)
    rules.write_text(trusting)
    await watcher.execute("SELECT pg_reload_conf()")
    await watcher.execute("DROP ROLE asker")


async def test_a_password_with_every_odd_character(asker: Address) -> None:
    async with open_shadow(ShadowChoice(Address.from_url(asker.url()))) as shadow:
        assert shadow.address.user == "asker"
        assert SECRET not in f"{shadow.facts} {shadow.address} {shadow.address!r}"


async def test_a_wrong_password(asker: Address) -> None:
    assert "does not accept the password of asker" in await refusal(replace(asker, password=SECRET + "no"))


async def test_no_right_to_create_a_database(asker: Address, watcher: Connection) -> None:
    before = await shadows(watcher)
    await watcher.execute("ALTER ROLE asker NOCREATEDB")
    assert "asker may not create a database on" in await refusal(asker)
    assert await shadows(watcher) == before


async def test_no_such_role(server: Address) -> None:
    assert "nobody_here" in await refusal(replace(server, user="nobody_here"))


async def test_no_such_database(server: Address) -> None:
    assert "there is no database nowhere" in await refusal(server.with_database("nowhere"))


async def test_another_major_version_was_wanted(server: Address) -> None:
    assert "PostgreSQL 99 was asked for" in await refusal(server, major=99)


async def test_nobody_listens() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        assert "cannot be reached" in await refusal(Address("127.0.0.1", port, "someone", "x", password=SECRET))


async def test_no_such_host() -> None:
    assert "cannot be reached" in await refusal(Address("no-such-host.invalid", 5432, "someone", "x", password=SECRET))


async def test_a_folder_without_a_socket(tmp_path: Path) -> None:
    assert "cannot be reached" in await refusal(Address(str(tmp_path), 5432, "someone", "x", password=SECRET))


async def test_something_else_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = Address("127.0.0.1", silent.getsockname()[1], "someone", "x", password=SECRET)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("midflight.shadow.given.CONNECT_SECONDS", 0.5)
            assert "did not answer" in await refusal(address)


async def test_a_standby(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"wal_level": "replica", "max_connections": "100", "max_wal_senders": "10"}.items():
        monkeypatch.setitem(SETTINGS, name, value)  # a standby may have no less than its primary had
    kept = open_cache(cache, server_account())
    found = await find_installations(kept.account)
    if not found:
        pytest.skip("no PostgreSQL is on this machine")
    installation = choose_installation(ShadowChoice("machine"), found, None)
    with work_folder(kept) as folder:
        await copy_template(installation, kept, folder)
        address = address_in(folder)
        (folder / "data" / "standby.signal").touch()
        with child_server(installation, kept, folder) as process:
            connection = await wait_until_ready(process, installation, address, limit=60)
            await connection.close()
            assert "it is a standby" in await refusal(address)


@contextmanager
def pgbouncer(server: Address, folder: Path) -> Iterator[Address]:
    port = 6432  # of a socket in a folder of our own
    settings = folder / "pgbouncer.ini"
    settings.write_text(
        f"[databases]\n* = host={server.host} port={server.port} user={server.user}\n"
        f"[pgbouncer]\nlisten_port = {port}\nunix_socket_dir = {folder}\nauth_type = any\npool_mode = transaction\n"
    )
    account = server_account()
    lent: dict[str, Any] = {"user": account.uid, "group": account.gid, "extra_groups": []} if account.lent else {}
    folder.chmod(0o777)
    process = subprocess.Popen([PGBOUNCER, settings], cwd=folder, stderr=subprocess.DEVNULL, **lent)
    try:
        for _ in range(500):
            if (folder / f".s.PGSQL.{port}").exists():
                break
            time.sleep(0.01)
        yield replace(server, host=str(folder), port=port)
    finally:
        process.terminate()
        process.wait(30)


async def test_a_pooler_in_front(server: Address, watcher: Connection, cold_cache: Path) -> None:
    if not await asyncio.to_thread(PGBOUNCER.exists):
        pytest.skip("PgBouncer is not on this machine")
    before = await shadows(watcher)
    with pgbouncer(server, cold_cache) as address:
        assert "a connection pooler" in await refusal(address)
    assert await shadows(watcher) == before


def test_too_old_a_server() -> None:
    fine = Version(15, 19)
    assert find_problem(fine, None, standby=False, pooled=False) is None
    assert find_problem(fine, 15, standby=False, pooled=False) is None
    assert "14 is the oldest" in str(find_problem(Version(13, 9), None, standby=False, pooled=False))


async def test_the_given_database_is_left_alone(database: Address) -> None:
    async with given_shadow(database, None):
        pass
    connection = await asyncpg.connect(**database.asyncpg_arguments())
    assert await connection.fetchval("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace") == 0
    await connection.close()
