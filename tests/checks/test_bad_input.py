"""What cannot be loaded or reached: one clear message, the right exit code, no password, nothing left behind."""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import asyncpg
import pytest

from checks.endings import SECRET, URL_WITH_SECRET, nothing_left, refusal
from checks.projects import INI, Checked, Revision, env_py, run_check, write_project
from midflight.pg.identifiers import quote_literal
from midflight.shadow.choice import ShadowChoice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import SharedServer
    from midflight.pg.addresses import Address

pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.parametrize("shared", [pytest.param(ShadowChoice("embedded", 18), id="pg18")], indirect=True),
]

GOOD = Revision("a1", up="op.execute('CREATE TABLE t (id int)')", down="op.execute('DROP TABLE t')")
ENV = "migrations/env.py"
VERSIONS = "migrations/versions"
Changes = dict[str, str | bytes | None]
"""Files of a good project that are written anew; None removes one."""


@pytest.fixture(scope="module", autouse=True)
def given(shared: SharedServer, cache_folder: Path, left_behind: Callable[[Path], list[str]]) -> Iterator[Address]:
    """A server that every check is given as its shadow; nothing may be left on it, nor on this machine."""
    server = shared.shadow.address.with_database("postgres")
    before = ask(server, "SELECT datname FROM pg_database ORDER BY datname")
    with nothing_left(cache_folder, left_behind) as temporary, pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(temporary))
        yield server
        assert ask(server, "SELECT datname FROM pg_database ORDER BY datname") == before


def ask(address: Address, query: str) -> list[object]:
    async def fetch() -> list[object]:
        connection = await asyncpg.connect(**address.asyncpg_arguments())
        try:
            return [row[0] for row in await connection.fetch(query)]
        finally:
            await connection.close()

    return asyncio.run(fetch())


def write_changed(folder: Path, changes: Changes) -> Path:
    write_project(folder, GOOD)
    for name, content in changes.items():
        file = folder / name
        file.unlink(missing_ok=True)
        if content is not None:
            file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def check_on(address: Address, folder: Path, *arguments: str, **env: str) -> Checked:
    return run_check(folder, *arguments, env={"MIDFLIGHT_SHADOW": address.url(), **env})


def after(id_: str, down: str, code: str = "") -> str:
    return f"revision = {id_!r}\ndown_revision = {down!r}\n{code}\ndef upgrade(): pass\ndef downgrade(): pass\n"


NOT_LOADED: dict[str, tuple[Changes, str]] = {
    "a revision with a syntax error": (
        {f"{VERSIONS}/b2.py": after("b2", "a1", "1 +")},
        f"{VERSIONS}/b2.py, line 3: invalid syntax",
    ),
    "a revision that is not UTF-8": (
        {f"{VERSIONS}/b2.py": after("b2", "a1").encode() + b"CITY = 'K\xf6ln'\n"},
        f"{VERSIONS}/b2.py, line 6: (unicode error) 'utf-8' codec can't decode",
    ),
    "a revision without an id": (
        {f"{VERSIONS}/no_id.py": "def upgrade(): pass\n"},
        "alembic.ini: Could not determine revision id from filename no_id.py",
    ),
    "a revision without down_revision": (
        {f"{VERSIONS}/b2.py": "revision = 'b2'\ndef upgrade(): pass\n"},
        f"{VERSIONS}/b2.py: it has no 'down_revision'",
    ),
    "a revision that fails while it is loaded": (
        {f"{VERSIONS}/b2.py": after("b2", "a1", f"raise RuntimeError({URL_WITH_SECRET!r})")},
        f"{VERSIONS}/b2.py: RuntimeError: postgresql+asyncpg://shop:***@db.invalid/shop",
    ),
    "a revision that two files claim": (
        {f"{VERSIONS}/b2.py": after("a1", "a0")},
        f"{VERSIONS}/b2.py: the revision a1 is in ",
    ),
    "a down_revision that is not there": (
        {f"{VERSIONS}/c3.py": after("c3", "b2")},
        f"{VERSIONS}/c3.py: it builds on the revision b2, which is not there",
    ),
    "a depends_on that is not there": (
        {f"{VERSIONS}/b2.py": after("b2", "a1", "depends_on = 'x9'")},
        f"{VERSIONS}/b2.py: it builds on the revision x9, which is not there",
    ),
    "a cycle": (
        {f"{VERSIONS}/b2.py": after("b2", "c3"), f"{VERSIONS}/c3.py": after("c3", "b2")},
        "alembic.ini: the history is a cycle: b2, c3",
    ),
    "an id that Alembic does not allow": (
        {f"{VERSIONS}/b2.py": after("b-2", "a1")},
        "Character(s) '-' not allowed in revision identifier 'b-2'",
    ),
    "a folder of versions that is not there": (
        {"alembic.ini": f"{INI}version_locations = elsewhere\n"},
        "alembic.ini: version_locations names elsewhere, which is not there",
    ),
    "no env.py": ({ENV: None}, f"{ENV}: no such file"),
    "an env.py with a syntax error": ({ENV: "def ("}, f"{ENV}, line 1: invalid syntax"),
    "an env.py that is not UTF-8": ({ENV: b"CITY = 'K\xf6ln'\n"}, f"{ENV}, line 1: (unicode error)"),
    "an env.py with an import error": (
        {ENV: env_py(before="import not_there")},
        f"{ENV}: ModuleNotFoundError: No module named 'not_there'",
    ),
    "an env.py that calls sys.exit": (
        {ENV: env_py(before="import sys; sys.exit(3)")},
        f"{ENV}: it calls sys.exit(3) while it is loaded",
    ),
    "an env.py that is interrupted": (
        {ENV: env_py(before="raise KeyboardInterrupt")},
        f"{ENV}, line 4: it raised KeyboardInterrupt",
    ),
    "an env.py that tells its URL": (
        {ENV: env_py(before=f"raise ValueError('cannot use {URL_WITH_SECRET}')")},
        f"{ENV}: ValueError: cannot use postgresql+asyncpg://shop:***@db.invalid/shop",
    ),
    "an env.py that configures nothing": ({ENV: "pass\n"}, f"{ENV}: it never calls context.configure()"),
    "a driver that is not installed": (
        {ENV: "from alembic import context\ncontext.configure(url='postgresql+pg8000://h/d')\n"},
        f"{ENV}: the project's driver pg8000 is not installed",
    ),
    "no configuration": ({"alembic.ini": None}, "neither alembic.ini nor [tool.alembic] in pyproject.toml"),
    "an empty alembic.ini": ({"alembic.ini": ""}, "alembic.ini: no script_location in [alembic]"),
    "an alembic.ini without a section": (
        {"alembic.ini": f"url = {URL_WITH_SECRET}\n"},
        "alembic.ini: line 1: no [section] comes before it",
    ),
    "an alembic.ini with a stray line": (
        {"alembic.ini": f"{INI}{SECRET.replace(':', '')}\n"},
        "alembic.ini: line 4: neither a [section] nor name = value",
    ),
    "an alembic.ini with a raw % in the password": (
        {"alembic.ini": f"{INI}sqlalchemy.url = {URL_WITH_SECRET}\n"},
        "alembic.ini: sqlalchemy.url: write %% for a %",
    ),
    "an alembic.ini that is not UTF-8": ({"alembic.ini": INI.encode() + b"# K\xf6ln\n"}, "alembic.ini: not UTF-8 text"),
    "a script_location that is no folder": (
        {"alembic.ini": "[alembic]\nscript_location = elsewhere\n"},
        "alembic.ini: its script_location 'elsewhere' is no folder",
    ),
    "a pyproject.toml that is no TOML": ({"pyproject.toml": f"[tool.midflight\nx = '{SECRET}'\n"}, "pyproject.toml: "),
    "an unknown setting": ({"pyproject.toml": f"[tool.midflight]\nshaddow = '{SECRET}'\n"}, "setting 'shaddow': "),
    "a setting of the wrong type": (
        {"pyproject.toml": f"[tool.midflight]\ntime_limit = '{SECRET}'\n"},
        "setting 'time_limit': ",
    ),
}


@pytest.fixture(scope="module")
def refused(given: Address, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Checked]:
    """The checks of what cannot be loaded, two at once."""
    folders = [write_changed(tmp_path_factory.mktemp("broken"), changes) for changes, _ in NOT_LOADED.values()]
    with ThreadPoolExecutor(max_workers=2) as pool:
        return dict(zip(NOT_LOADED, pool.map(lambda folder: check_on(given, folder), folders), strict=True))


@pytest.mark.parametrize("broken", NOT_LOADED)
def test_what_cannot_be_loaded(refused: dict[str, Checked], broken: str) -> None:
    _, said = NOT_LOADED[broken]
    assert said in refusal(refused[broken])


def test_an_alembic_ini_that_is_a_folder(tmp_path: Path, given: Address) -> None:
    write_project(tmp_path, GOOD, ini=None)
    (tmp_path / "alembic.ini").mkdir()
    assert "no Alembic project in" in refusal(check_on(given, tmp_path))
    assert "alembic.ini: no such file" in refusal(check_on(given, tmp_path, "--config", "alembic.ini"))


def test_an_env_py_that_hangs(tmp_path: Path, given: Address) -> None:
    folder = write_project(tmp_path, GOOD, env=env_py(before="import time\ntime.sleep(600)"))
    said = refusal(check_on(given, folder, "--time-limit", "1.5"))
    assert f"{ENV}, line 5: it did not end within 1.5 s" in said


SETTINGS = """
from pydantic_settings import BaseSettings
class Settings(BaseSettings):
    api_key: str
    database_url: str
URL = Settings().database_url
"""


@pytest.mark.parametrize("reading", ["import os\nURL = os.environ['DATABASE_URL']", SETTINGS], ids=["os", "pydantic"])
def test_a_variable_that_is_not_set(tmp_path: Path, given: Address, reading: str) -> None:
    """Any URL will do: a project is not connected to."""
    folder = write_project(tmp_path, GOOD, env=env_py(before=reading).replace("URL = 'postgresql", "UNUSED = '"))
    said = refusal(check_on(given, folder, API_KEY=SECRET))
    assert "database_url" in said.lower()
    assert "hint: set what is missing; any PostgreSQL URL will do" in said
    checked = check_on(given, folder, API_KEY=SECRET, DATABASE_URL="postgresql+psycopg2://localhost:1/any")
    assert checked.code == 0, checked.err


def test_an_empty_history_is_fine_and_said(tmp_path: Path, given: Address) -> None:
    folder = write_project(tmp_path)
    (folder / VERSIONS).rmdir()  # Git keeps no empty folders
    checked = check_on(given, folder)
    assert checked.code == 0, checked.err
    assert "the history holds no revision yet: nothing was proven" in checked.document["notes"]


def test_one_folder_of_several_is_not_there(tmp_path: Path, given: Address) -> None:
    folder = write_project(tmp_path, GOOD, ini=f"{INI}version_locations = {VERSIONS}:elsewhere\n")
    checked = check_on(given, folder)
    assert checked.code == 0, checked.err
    assert "version_locations names elsewhere, which is not there" in " ".join(checked.document["notes"])


def test_odd_ids_are_ids(tmp_path: Path, given: Address) -> None:
    first = replace(GOOD, id="Größe 1.0 %s")
    checked = check_on(given, write_project(tmp_path, first, Revision("2, zwei", after=first.id)))
    assert checked.outcomes() == {"Größe 1.0 %s": "passed", "2, zwei": "passed"}


def test_two_heads_are_a_finding(tmp_path: Path, given: Address) -> None:
    folder = write_project(tmp_path, GOOD, Revision("b2", after="a1"), Revision("c3", after="a1"))
    checked = check_on(given, folder)
    assert checked.code == 1
    assert checked.outcomes() == {"a1": "passed", "b2": "passed", "c3": "passed"}
    assert [finding["hazard"] for finding in checked.document["findings"]] == ["several-heads"]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (f"mysql://shop:{SECRET}@localhost/shop", "shadow: auto, machine, embedded or a URL: not a PostgreSQL URL"),
        (f"postgresql://shop:{SECRET}@localhost:99999/shop", "the port of the PostgreSQL URL is not a number"),
        (SECRET, "shadow: auto, machine, embedded or a URL"),
    ],
)
def test_a_shadow_that_is_no_server(tmp_path: Path, url: str, said: str) -> None:
    folder = write_project(tmp_path, GOOD)
    assert said in refusal(run_check(folder, env={"MIDFLIGHT_SHADOW": url}))
    (folder / "pyproject.toml").write_text(f"[tool.midflight]\nshadow = '{url}'\n")
    assert said in refusal(run_check(folder, env={"MIDFLIGHT_SHADOW": ""}))


def test_a_server_that_cannot_be_reached(tmp_path: Path) -> None:
    folder = write_project(tmp_path, GOOD)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # nobody listens there, and nobody else can
        port = closed.getsockname()[1]
        url = f"postgresql://shop:{SECRET}@127.0.0.1:{port}/shop"
        refused = refusal(run_check(folder, "--shadow", url), code=3)
        assert f"error: PostgreSQL at shop@127.0.0.1:{port}/shop cannot be reached" in refused
        pending = refusal(run_check(folder, "--pending", "--database", url), code=3)
        assert f"error: shop@127.0.0.1:{port}/shop: Connect call failed" in pending
    nowhere = refusal(run_check(folder, "--shadow", f"postgresql://shop:{SECRET}@nowhere.invalid/shop"), code=3)
    assert "shop@nowhere.invalid:5432/shop cannot be reached" in nowhere


@pytest.fixture
def guest(given: Address) -> Iterator[Address]:
    """A user of the given server with a password of odd characters, which the server wants to know."""
    ask(given, f"CREATE ROLE guest LOGIN CREATEDB PASSWORD {quote_literal(SECRET)}")
    rules = Path(given.host) / "data" / "pg_hba.conf"
    before = rules.read_text()
    rules.write_text(f"local all guest scram-sha-256\n{before}")
    ask(given, "SELECT pg_reload_conf()")
    yield replace(given, user="guest", password=SECRET)
    rules.write_text(before)
    ask(given, "SELECT pg_reload_conf()")
    ask(given, "DROP ROLE guest")


def test_a_password_may_hold_any_character(tmp_path: Path, guest: Address) -> None:
    folder = write_project(tmp_path, GOOD)
    encoded = check_on(guest, folder)
    assert (encoded.code, encoded.outcomes()) == (0, {"a1": "passed"}), encoded.err
    assert quote(SECRET, safe="") in guest.url()
    raw = run_check(folder, "--shadow", guest.url().replace(quote(SECRET, safe=""), SECRET), form="terminal")
    assert raw.code == 0, raw.err
    for shown in (encoded.out, encoded.err, raw.out, raw.err):
        assert SECRET not in shown


def test_a_wrong_password(tmp_path: Path, guest: Address) -> None:
    wrong = replace(guest, password=f"{SECRET}!")
    said = refusal(check_on(wrong, write_project(tmp_path, GOOD)), code=3)
    assert "does not accept the password of guest" in said


def test_no_right_to_create_a_database(tmp_path: Path, given: Address, guest: Address) -> None:
    ask(given, "ALTER ROLE guest NOCREATEDB")
    said = refusal(check_on(guest, write_project(tmp_path, GOOD)), code=3)
    assert "guest may not create a database" in said
    assert "hint: ALTER ROLE ... CREATEDB allows it" in said


def test_a_database_that_is_not_there(tmp_path: Path, given: Address) -> None:
    said = refusal(check_on(given.with_database("not_there"), write_project(tmp_path, GOOD)), code=3)
    assert "there is no database not_there" in said


def test_sql_and_baselines_that_cannot_be_read(tmp_path: Path, given: Address) -> None:
    folder = write_project(tmp_path, GOOD)
    assert "nowhere.sql: No such file" in refusal(check_on(given, folder, "--sql", "nowhere.sql"))
    assert "migrations: Is a directory" in refusal(check_on(given, folder, "--sql", "migrations"))
    (folder / "models.py").write_text(f"def tables(connection):\n    raise RuntimeError({URL_WITH_SECRET!r})\n")
    (folder / "exits.py").write_text("raise SystemExit(2)\n")
    ini = (folder / "alembic.ini").read_text()
    (folder / "alembic.ini").write_text(f"{ini}prepend_sys_path = .\n")
    said = refusal(check_on(given, folder, "--baseline", "models:tables"))
    assert "baseline models:tables: RuntimeError: postgresql+asyncpg://shop:***@db.invalid/shop" in said
    assert "exits.py: it calls sys.exit(2)" in refusal(check_on(given, folder, "--baseline", "exits:tables"))


def test_an_unknown_revision(tmp_path: Path, given: Address) -> None:
    said = refusal(check_on(given, write_project(tmp_path, GOOD), "a1:zzz"))
    assert "alembic.ini: Can't locate revision identified by 'zzz'" in said
