"""Shadows in processes of their own, so that they can be interrupted and killed."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

import midflight
from midflight.shadow.account import server_account
from midflight.shadow.installations import find_installations
from midflight.shadow.workspace import VARIABLE

if TYPE_CHECKING:
    import signal
    from collections.abc import Callable, Iterator

PROGRAM = Path(__file__).with_name("hold_shadow.py")
SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Holder:
    """A running ``hold_shadow.py``."""

    process: subprocess.Popen[str]

    def wait_for(self, word: str) -> list[str]:
        """Read its output up to the line that begins with the word, and return that line's other words."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith(word):
                return line.split()[1:]
        pytest.fail(f"it never said {word!r}: {self.errors()}")

    def stop(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(SECONDS)

    def errors(self) -> str:
        return self.process.communicate(timeout=SECONDS)[1]


@contextmanager
def hold_shadow(cache: Path, *arguments: str, account: dict[str, Any] | None = None) -> Iterator[Holder]:
    with subprocess.Popen(
        [sys.executable, str(PROGRAM), *arguments],
        env={**environment(), VARIABLE: str(cache)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **(account or {}),
    ) as process:
        try:
            yield Holder(process)
        finally:
            process.kill()


@contextmanager
def fresh_folder() -> Iterator[Path]:
    """A folder with a short path that every account may enter."""
    folder = Path(tempfile.mkdtemp(prefix="mf-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def cache(left_behind: Callable[[Path], list[str]]) -> Iterator[Path]:
    """A cache folder of the module's own, where at the end nothing may run."""
    with fresh_folder() as folder:
        yield folder
        assert left_behind(folder) == []


@pytest.fixture
def cold_cache(left_behind: Callable[[Path], list[str]]) -> Iterator[Path]:
    """A cache folder in which nothing has been made yet."""
    with fresh_folder() as folder:
        yield folder
        assert left_behind(folder) == []


@pytest.fixture(scope="session")
def ordinary() -> dict[str, Any]:
    """Arguments of ``subprocess`` to run as an ordinary user; skipped where that user may not read this Python.

    Where it stands in root's home, the system's own Python does as well, if it is of the same version.
    """
    if os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam("nobody")
    account = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": [], "cwd": "/"}
    system = f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, system):
        if Path(python).exists() and can_import(python, account):
            return {**account, "executable": python}
    pytest.skip("an ordinary user may not read this Python environment")


def can_import(python: str, account: dict[str, Any]) -> bool:
    command = [python, "-c", "import midflight.shadow.opening"]
    try:
        answer = subprocess.run(command, env=environment(), check=False, capture_output=True, **account)
    except PermissionError:
        return False
    return answer.returncode == 0


def environment() -> dict[str, str]:
    """Our own, with what ``import midflight`` needs under any Python of this version."""
    places = {Path(midflight.__file__).parents[1], Path(asyncpg.__file__).parents[1]}
    return {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, places)), "PYTHONDONTWRITEBYTECODE": "1"}


def give(folder: Path, account: dict[str, Any]) -> None:
    """Make a folder the ordinary user's."""
    if account:
        os.chown(folder, account["user"], account["group"])


@pytest.fixture
def ordinary_cache(cold_cache: Path, ordinary: dict[str, Any]) -> Path:
    give(cold_cache, ordinary)
    return cold_cache


@pytest.fixture(scope="session")
def hold() -> Callable[..., AbstractContextManager[Holder]]:
    """Starts ``hold_shadow.py`` with a cache folder, its arguments and the account to run it under."""
    return hold_shadow


@pytest.fixture(scope="session", params=["machine", "embedded"])
def where(request: pytest.FixtureRequest) -> str:
    """Each kind of server of our own; skipped where this machine lacks it."""
    if request.param == "embedded" and importlib.util.find_spec("pg0") is None:
        pytest.skip("the wheel of the embedded server is not installed")
    if request.param == "machine" and not asyncio.run(find_installations(server_account())):
        pytest.skip("no PostgreSQL is on this machine")
    return str(request.param)


@pytest.fixture
def as_root() -> None:
    if not server_account().lent:
        pytest.skip("needs root")
