"""What is in the way of a migration is told before anything is changed, each thing with what to do about it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import asyncpg
import pytest

from midflight.errors import DatabaseError, ExitCode, PreflightError
from midflight.pg.versions import Version
from midflight.runner.live import looking, version_of
from midflight.runner.overview import Overview, read_overview
from midflight.runner.pooling import shares_sessions
from midflight.runner.preflight import preflight, problems, refuse
from midflight.runner.session_facts import Expected, Facts, SessionFacts
from midflight.shadow.account import server_account
from midflight.shadow.choice import ShadowChoice
from midflight.shadow.own import chosen_installation
from midflight.shadow.server import SETTINGS, address_in, child_server, wait_until_ready
from midflight.shadow.template import copy_template
from midflight.shadow.workspace import open_cache, work_folder
from runner.bouncer import PROGRAM, bouncer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from conftest import SharedServer
    from midflight.pg.addresses import Address

USUAL = Expected()
VERSION_TABLE = "CREATE TABLE {}.alembic_version (version_num varchar(32) PRIMARY KEY)"


@pytest.fixture
async def admin(database: Address) -> AsyncIterator[asyncpg.Connection]:
    """A superuser's connection to a fresh database."""
    connection = await asyncpg.connect(**database.asyncpg_arguments())
    yield connection
    await connection.close()


@pytest.fixture
async def migrator(admin: asyncpg.Connection, database: Address) -> AsyncIterator[Address]:
    """The address of a role that is no superuser, and owner of the schema public, where all is well."""
    user = f"migrator_{database.database}"
    await admin.execute(f'CREATE ROLE "{user}" LOGIN; ALTER SCHEMA public OWNER TO "{user}"')
    await admin.execute(f'CREATE SCHEMA midflight AUTHORIZATION "{user}"')
    yield replace(database, user=user)
    await admin.execute(f'REASSIGN OWNED BY "{user}" TO CURRENT_USER; DROP OWNED BY "{user}"; DROP ROLE "{user}"')


async def the_only(address: Address, expected: Expected = USUAL) -> tuple[str, str]:
    """Return reason and hint of the only problem that there is."""
    [problem] = await preflight(address, expected)
    return problem.reason, problem.hint


async def test_an_owner_that_is_no_superuser_can_migrate(admin: asyncpg.Connection, migrator: Address) -> None:
    assert await preflight(migrator, USUAL) == ()
    await admin.execute(VERSION_TABLE.format("public") + f'; ALTER TABLE alembic_version OWNER TO "{migrator.user}"')
    assert await preflight(migrator, USUAL) == ()
    refuse((), migrator)


async def test_read_only_sessions(admin: asyncpg.Connection, migrator: Address) -> None:
    await admin.execute(f'ALTER ROLE "{migrator.user}" SET default_transaction_read_only = on')
    reason, _ = await the_only(migrator)
    assert reason == f"sessions of {migrator.user} are read-only (default_transaction_read_only is on)"


async def test_a_second_version_table_is_never_made(admin: asyncpg.Connection, migrator: Address) -> None:
    user = migrator.user
    await admin.execute(f'CREATE SCHEMA "Shop" AUTHORIZATION "{user}"')
    await admin.execute(VERSION_TABLE.format('"Shop"') + f'; ALTER TABLE "Shop".alembic_version OWNER TO "{user}"')
    reason, hint = await the_only(migrator)
    assert "alembic_version is in the schema Shop" in reason
    assert "create a second alembic_version in public" in reason
    assert hint.startswith(f'ALTER ROLE "{user}" SET search_path = "Shop"')

    assert await preflight(migrator, Expected(version_schema="Shop")) == ()
    assert await preflight(migrator, Expected(version_table="shop_version")) == ()
    await admin.execute(hint.split(", or ")[0])  # the hint helps
    assert await preflight(migrator, USUAL) == ()


async def test_a_search_path_to_nowhere(admin: asyncpg.Connection, migrator: Address) -> None:
    await admin.execute(f'ALTER ROLE "{migrator.user}" SET search_path = shp, "$user"')
    reason, _ = await the_only(migrator)
    assert reason.startswith('the search_path (shp, "$user") names no schema that is there')


async def test_rights_that_are_missing_are_named_with_what_gives_them(
    admin: asyncpg.Connection, migrator: Address
) -> None:
    user = migrator.user
    await admin.execute("ALTER SCHEMA public OWNER TO CURRENT_USER; DROP SCHEMA midflight")
    await admin.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    await admin.execute(f'REVOKE ALL ON SCHEMA public FROM "{user}"')
    found = await preflight(migrator, USUAL)
    assert [problem.reason for problem in found] == [
        f"{user} may not create anything in the schema public",
        f"{user} may not create the schema midflight, in which the journal is kept",
    ]
    with pytest.raises(PreflightError) as raised:
        refuse(found, migrator)
    assert raised.value.exit_code == ExitCode.DATABASE
    assert str(migrator) in str(raised.value)

    await admin.execute(VERSION_TABLE.format("public"))
    not_writable, _ = found = await preflight(migrator, USUAL)
    assert not_writable.reason == f"{user} may not write public.alembic_version"
    for problem in found:
        await admin.execute(problem.hint)  # each hint helps
    assert await preflight(migrator, USUAL) == ()

    await admin.execute("ALTER SCHEMA midflight OWNER TO CURRENT_USER")
    await admin.execute(f'REVOKE ALL ON SCHEMA midflight FROM "{user}"')
    reason, hint = await the_only(migrator)
    assert reason == f"{user} may not keep the journal in the schema midflight"
    await admin.execute(hint)
    assert await preflight(migrator, USUAL) == ()
    await admin.execute("CREATE TABLE midflight.journal (id int)")
    assert await preflight(migrator, replace(USUAL, own_schema=None)) == ()
    reason, hint = await the_only(migrator)
    assert reason == f"{user} may not keep the journal in the schema midflight"
    await admin.execute(hint)
    assert await preflight(migrator, USUAL) == ()


async def test_the_role_to_become(admin: asyncpg.Connection, migrator: Address) -> None:
    login = f"login_{migrator.database}"
    await admin.execute(f'CREATE ROLE "{login}" LOGIN NOINHERIT')
    address = replace(migrator, user=login)
    try:
        reason, _ = await the_only(address, Expected(role="nobody there"))
        assert reason == "there is no role nobody there, which the setting role names"
        reason, hint = await the_only(address, Expected(role=migrator.user))
        assert reason == f"{login} may not become the role {migrator.user} that the setting role names"
        await admin.execute(hint)
        assert await preflight(address, Expected(role=migrator.user)) == ()
        assert len(await preflight(address, USUAL)) >= 1  # itself, it has no rights
        if admin.get_server_version().major >= 16:
            await admin.execute(f'GRANT "{migrator.user}" TO "{login}" WITH SET FALSE')
            reason, _ = await the_only(address, Expected(role=migrator.user))
            assert "may not become" in reason
    finally:
        await admin.execute(f'DROP ROLE "{login}"')


@pytest.mark.skipif(not PROGRAM.exists(), reason="PgBouncer is not installed")
async def test_a_pooler_that_shares_sessions_is_refused(migrator: Address) -> None:
    with bouncer(migrator) as pooled:
        assert not await shares_sessions(migrator)
        for shared in ("transaction", "one", "statement"):
            reason, hint = await the_only(pooled.with_database(shared))
            assert "in transaction mode" in reason
            assert "migration_url" in hint
            if shared != "statement":
                assert await overview_of(pooled.with_database(shared)) == await overview_of(migrator)
        for own in ("session", "narrow"):
            assert not await shares_sessions(pooled.with_database(own)), own
        assert await preflight(pooled.with_database("session"), USUAL) == ()
    with bouncer(migrator, round_robin=True) as pooled:
        await at_once(pooled, 3)  # so that several servers stand idle
        assert await shares_sessions(pooled)


async def overview_of(address: Address) -> Overview:
    """Look as status does, which works through a pooler, too."""
    async with looking(address) as connection:
        overview = await read_overview(connection, long_seconds=3600.0)
        assert overview.version == version_of(connection)
    return overview


async def at_once(address: Address, number: int) -> None:
    """Let a pool open so many servers."""
    connections = [await asyncpg.connect(**address.asyncpg_arguments(), statement_cache_size=0) for _ in range(number)]
    await asyncio.gather(*(connection.execute("BEGIN; SELECT pg_sleep(0.2); COMMIT") for connection in connections))
    await asyncio.gather(*(connection.close() for connection in connections))


SESSION = SessionFacts(
    user="app",
    is_standby=False,
    is_read_only=False,
    search_path="public",
    current_schema="public",
    may_create_in_target=True,
    may_create_schemas=True,
    own_schema=None,
    version_tables=(),
)


def test_an_old_server_and_a_standby() -> None:
    fine = Facts(Version(14, 0), "app", None, SESSION)
    assert problems(fine, USUAL) == ()
    [old] = problems(Facts(Version(13, 20), "app"), USUAL)
    assert "13.20" in old.reason
    assert "14" in old.reason
    [standby] = problems(replace(fine, session=replace(SESSION, is_standby=True, is_read_only=True)), USUAL)
    assert "standby" in standby.reason


async def test_a_real_standby(shared: SharedServer, cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"wal_level": "replica", "max_wal_senders": "10", "max_connections": "100"}.items():
        monkeypatch.setitem(SETTINGS, name, value)  # a standby wants no less than its primary had
    cache = open_cache(cache_folder, server_account())
    facts = shared.shadow.facts
    assert facts.origin != "given"
    installation = await chosen_installation(ShadowChoice(facts.origin, facts.version.major), cache)
    with work_folder(cache) as folder:
        await copy_template(installation, cache, folder)
        (folder / "data" / "standby.signal").touch()
        address = address_in(folder)
        with child_server(installation, cache, folder) as process:
            connection = await wait_until_ready(process, installation, address, limit=120.0)
            await connection.close()
            assert await the_only(address) == (
                "the server is a standby, which takes no changes",
                "name the primary server",
            )


async def test_a_database_that_is_not_there(database: Address) -> None:
    with pytest.raises(DatabaseError, match="nowhere"):
        await preflight(database.with_database("nowhere"), USUAL)
