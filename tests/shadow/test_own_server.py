from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import asyncpg
import pytest

from midflight.errors import ShadowError
from midflight.shadow.choice import ShadowChoice
from midflight.shadow.opening import open_shadow
from midflight.shadow.programs import explain_failure
from midflight.shadow.server import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from midflight.pg.addresses import Address

Where = Literal["machine", "embedded"]
pytestmark = pytest.mark.timeout(120)


async def ask(address: Address, query: str) -> object:
    connection = await asyncpg.connect(**address.asyncpg_arguments())
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_starts_and_is_gone(cache: Path, where: Where, left_behind: Callable[[Path], list[str]]) -> None:
    for visit in ("first", "later"):
        before = time.perf_counter()
        async with open_shadow(ShadowChoice(where), cache_folder=cache) as shadow:
            print(f"{visit} start, {where}: {time.perf_counter() - before:.2f} s")  # noqa: T201 - shown by pytest -s
            assert await ask(shadow.address, "SELECT current_database()") == shadow.address.database
            assert await ask(shadow.address, "SELECT usesuper FROM pg_user WHERE usename = current_user") is True
            assert await ask(shadow.address, "SHOW listen_addresses") == ""
            assert await ask(shadow.address, "SHOW server_encoding") == "UTF8"
            version = await ask(shadow.address, "SHOW server_version")
            assert str(version).startswith(str(shadow.facts.version))
            assert left_behind(cache) != []  # so that an empty answer means something
        assert left_behind(cache) == []


async def test_upper_and_lower_case_work_beyond_ascii(database: Address) -> None:
    assert await ask(database, "SELECT lower('ÄÉ') || upper('ñ')") == "äéÑ"


async def test_makes_and_drops_databases(cache: Path, where: Where) -> None:
    async with open_shadow(ShadowChoice(where), cache_folder=cache) as shadow:
        one, two = await asyncio.gather(shadow.create_database(), shadow.create_database())
        await ask(one, "CREATE TABLE only_here ()")
        assert await ask(two, "SELECT to_regclass('only_here')") is None
        in_use = await asyncpg.connect(**one.asyncpg_arguments())
        await shadow.drop_database(one)
        in_use.terminate()
        count = "SELECT count(*) FROM pg_database WHERE datname = '{}'"
        assert await ask(two, count.format(one.database)) == 0
        assert await ask(one.with_database("postgres"), count.format(two.database)) == 1


async def test_two_at_once_share_nothing(cache: Path, where: Where) -> None:
    choice = ShadowChoice(where)
    async with open_shadow(choice, cache_folder=cache) as one, open_shadow(choice, cache_folder=cache) as two:
        await ask(one.address, "CREATE ROLE only_here")
        assert await ask(two.address, "SELECT count(*) FROM pg_roles WHERE rolname = 'only_here'") == 0


def test_several_processes_start_at_once_from_nothing(cold_cache: Path, where: Where, hold: Callable[..., Any]) -> None:
    with hold(cold_cache, where) as one, hold(cold_cache, where) as two, hold(cold_cache, where) as three:
        folders = {holder.wait_for("ready")[0] for holder in (one, two, three)}
        assert len(folders) == 3
        for holder in (one, two, three):
            holder.stop(2)


def test_an_ordinary_user_starts_one(
    ordinary_cache: Path, ordinary: dict[str, Any], where: Where, hold: Callable[..., Any]
) -> None:
    with hold(ordinary_cache, where, account=ordinary) as holder:
        folder, _ = holder.wait_for("ready")
        assert Path(folder).stat().st_uid == ordinary.get("user", os.geteuid())
        assert holder.stop(2) == 130


async def test_the_environment_of_the_user_does_not_reach_it(
    cache: Path, where: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"PGDATA": "/nowhere", "PGPORT": "1", "PGHOST": "nowhere", "PGTZ": "Asia/Tokyo"}.items():
        monkeypatch.setenv(name, value)
    async with open_shadow(ShadowChoice(where), cache_folder=cache) as shadow:
        assert await ask(shadow.address, "SHOW timezone") == "UTC"


async def test_a_major_version_that_is_nowhere(cache: Path) -> None:
    with pytest.raises(ShadowError, match="looked for PostgreSQL 99, found "):
        async with open_shadow(ShadowChoice(major=99), cache_folder=cache):
            pass


async def test_too_long_a_path_for_a_socket(cold_cache: Path, where: Where) -> None:
    with pytest.raises(ShadowError, match="too long a path"):
        async with open_shadow(ShadowChoice(where), cache_folder=cold_cache / ("x" * 80)):
            pass


def test_a_read_only_folder(
    ordinary_cache: Path, ordinary: dict[str, Any], where: Where, hold: Callable[..., Any]
) -> None:
    ordinary_cache.chmod(0o555)
    with hold(ordinary_cache, where, account=ordinary) as holder:
        assert f"the cache folder {ordinary_cache} cannot be used: Permission denied" in holder.errors()


async def test_a_folder_that_everyone_may_write(cold_cache: Path, where: Where) -> None:
    await asyncio.to_thread(cold_cache.chmod, 0o777)
    with pytest.raises(ShadowError, match="must belong to the current user"):
        async with open_shadow(ShadowChoice(where), cache_folder=cold_cache):
            pass


@pytest.mark.usefixtures("as_root")
async def test_a_folder_of_another_user(ordinary_cache: Path, where: Where) -> None:
    with pytest.raises(ShadowError, match="must belong to the current user"):
        async with open_shadow(ShadowChoice(where), cache_folder=ordinary_cache):
            pass


@pytest.mark.usefixtures("as_root")
async def test_a_folder_that_the_server_could_not_reach(cold_cache: Path, where: Where) -> None:
    await asyncio.to_thread(cold_cache.chmod, 0o700)
    with pytest.raises(ShadowError, match="may not enter"):
        async with open_shadow(ShadowChoice(where), cache_folder=cold_cache):
            pass


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[None]:
    mount = shutil.which("mount")
    options = ["-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "midflight-test", str(folder)]
    if mount is None or subprocess.run([mount, *options], check=False, capture_output=True).returncode:
        pytest.skip("a small disk cannot be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.usefixtures("as_root")
@pytest.mark.parametrize("megabytes", [8, 45])
async def test_a_full_disk(
    cold_cache: Path, where: Where, megabytes: int, left_behind: Callable[[Path], list[str]]
) -> None:
    with small_disk(cold_cache, megabytes):
        with pytest.raises(ShadowError, match="No space left on device"):
            async with open_shadow(ShadowChoice(where), cache_folder=cold_cache):
                pass
        assert left_behind(cold_cache) == []


async def test_a_server_that_dies_shows_its_log(
    cache: Path, where: Where, monkeypatch: pytest.MonkeyPatch, left_behind: Callable[[Path], list[str]]
) -> None:
    monkeypatch.setitem(SETTINGS, "shared_buffers", "a lot")
    with pytest.raises(ShadowError, match='invalid value for parameter "shared_buffers"'):
        async with open_shadow(ShadowChoice(where), cache_folder=cache):
            pass
    assert left_behind(cache) == []


@pytest.mark.parametrize(
    "words",
    [
        "postgres: error while loading shared libraries: libgssapi_krb5.so.2: cannot open shared object file",
        "dyld[1]: Library not loaded: libgssapi_krb5.so.2\n  Referenced from: postgres",
    ],
)
def test_a_missing_library_is_named(words: str) -> None:
    error = explain_failure("initdb", f"some line\n{words}\n", Path("/"))
    assert "needs the shared library libgssapi_krb5.so.2" in str(error)
    assert "libgssapi_krb5.so.2" in str(error.hint)
