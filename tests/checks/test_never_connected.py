"""A project's own database is never connected to, and its password is never printed, wherever its URL comes from."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from checks.projects import INI, Checked, Revision, env_py, run_check, write_project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PASSWORD = "p%40ss%3Aw%25rd"  # p@ss:w%rd
SECRETS = (PASSWORD, "p@ss:w%rd", "ss:w", "w%rd")
REVISION = Revision(
    "a1",
    up='op.execute("CREATE TABLE t (id int)")\nprint("driver:", op.get_bind().dialect.driver)',
    down='op.execute("DROP TABLE t")',
)


@dataclass
class Ear:
    """A port of this machine, and how many connections it got."""

    port: int
    heard: list[object] = field(default_factory=list)

    def url(self, driver: str) -> str:
        return f"postgresql+{driver}://shop:{PASSWORD}@127.0.0.1:{self.port}/shop"


@contextmanager
def listening() -> Iterator[Ear]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ear = Ear(listener.getsockname()[1])

        def listen() -> None:
            while True:
                try:
                    connection, address = listener.accept()
                except OSError:  # it is closed
                    return
                ear.heard.append(address)
                connection.close()

        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield ear
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


@pytest.fixture
def ear() -> Iterator[Ear]:
    with listening() as ear:
        yield ear


def assert_proven_in_silence(checked: Checked, ear: Ear, driver: str) -> None:
    assert checked.code == 0, checked.err or checked.out
    assert f"driver: {driver}\n" in checked.err
    assert ear.heard == []
    for secret in SECRETS:
        assert secret not in checked.out + checked.err


def test_the_ear_hears(ear: Ear) -> None:
    socket.create_connection(("127.0.0.1", ear.port)).close()
    with socket.create_connection(("127.0.0.1", ear.port)) as connection:
        assert connection.recv(1) == b""
    assert len(ear.heard) == 2


def test_url_in_the_ini(tmp_path: Path, ear: Ear) -> None:
    env = env_py().replace(
        "URL = ", "URL = context.config.get_main_option('sqlalchemy.url')\nassert 'ss%3Aw%25rd' in URL\nUNUSED = "
    )
    url = ear.url("psycopg2").replace("%", "%%")
    folder = write_project(tmp_path, REVISION, env=env, ini=f"{INI}sqlalchemy.url = {url}\n")
    assert_proven_in_silence(run_check(folder), ear, "psycopg2")


def test_url_in_the_environment(tmp_path: Path, ear: Ear) -> None:
    env = env_py().replace("URL = ", "import os\nURL = os.environ['DATABASE_URL']\nUNUSED = ")
    folder = write_project(tmp_path, REVISION, env=env)
    assert_proven_in_silence(run_check(folder, env={"DATABASE_URL": ear.url("psycopg")}), ear, "psycopg")

    missing = run_check(folder)
    assert (missing.code, missing.out) == (2, "")
    assert "env.py: 'DATABASE_URL' is not set" in missing.err


def test_url_in_code_and_work_before_configure(tmp_path: Path, ear: Ear) -> None:
    """An env.py that does something on the connection first, as many do, does it on the shadow."""
    work = "connection.exec_driver_sql('CREATE SCHEMA IF NOT EXISTS app'); connection.commit()"
    env = env_py("asyncpg", url=ear.url("asyncpg"))
    env = env.replace("def run_on(connection):\n", f"def run_on(connection):\n    {work}\n")
    folder = write_project(tmp_path, REVISION, env=env)
    assert_proven_in_silence(run_check(folder), ear, "asyncpg")


def test_a_revision_that_fails_does_not_tell_the_password(tmp_path: Path, ear: Ear) -> None:
    fails = Revision("a1", up=f"raise RuntimeError('cannot reach {ear.url('psycopg2')}')")
    folder = write_project(tmp_path, fails, env=env_py(url=ear.url("psycopg2")))
    checked = run_check(folder)
    assert checked.outcomes() == {"a1": "failed"}
    assert ear.heard == []
    for secret in SECRETS:
        assert secret not in checked.out + checked.err
