"""Real servers for the tests: PostgreSQL 15 of the machine and the embedded 18, both started by Midflight itself."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
import tempfile
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from midflight.shadow.account import server_account
from midflight.shadow.choice import ShadowChoice
from midflight.shadow.installations import find_installations
from midflight.shadow.opening import open_shadow
from midflight.shadow.workspace import VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

    from midflight.pg.addresses import Address
    from midflight.shadow.shadow import Shadow

SECONDS = 120.0
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class OtherThread:
    """An event loop in a thread of its own: a server lives there, so that tests keep their loops to themselves."""

    loop: asyncio.AbstractEventLoop

    def call(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(SECONDS)


@contextmanager
def other_thread() -> Iterator[OtherThread]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield OtherThread(loop)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@dataclass(frozen=True, slots=True)
class SharedServer:
    """A server for many tests."""

    shadow: Shadow
    thread: OtherThread

    def create_database(self) -> Address:
        return self.thread.call(self.shadow.create_database())

    def drop_database(self, address: Address) -> None:
        self.thread.call(self.shadow.drop_database(address))


@contextmanager
def shared_server(choice: ShadowChoice) -> Iterator[SharedServer]:
    with other_thread() as thread:
        opened = open_shadow(choice)
        shadow = thread.call(opened.__aenter__())
        try:
            yield SharedServer(shadow, thread)
        finally:
            thread.call(opened.__aexit__(None, None, None))


def lacking(choice: ShadowChoice) -> str | None:
    """Return why this machine cannot run that server; None where it can."""
    if choice.where == "embedded":
        return None if importlib.util.find_spec("pg0") else "the wheel of the embedded server is not installed"
    majors = {found.version.major for found in asyncio.run(find_installations(server_account()))}
    return None if choice.major in majors else f"PostgreSQL {choice.major} is not on this machine"


@pytest.fixture(scope="session", autouse=True)
def cache_folder() -> Iterator[Path]:
    """A cache folder of this session's own; the session fails if a server or a folder is left in it."""
    folder = Path(tempfile.mkdtemp(prefix="mf-"))
    folder.chmod(0o755)
    before, os.environ[VARIABLE] = os.environ.get(VARIABLE), str(folder)
    os.environ.setdefault(
        "MIDFLIGHT_CACHE", "false"
    )  # each check of a test is a first one, but where that is the point
    try:
        yield folder
        assert find_left_behind(folder) == []
    finally:
        os.environ.pop(VARIABLE)
        if before is not None:
            os.environ[VARIABLE] = before
        shutil.rmtree(folder)


def find_left_behind(cache: Path) -> list[str]:
    """Return the work folders and the processes that still stand in a cache folder."""
    folders = [str(path) for path in cache.glob("run/*")]
    commands = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = path.read_text(errors="replace").replace("\0", " ")
        except OSError:
            continue  # it has just ended
        if f"{cache}/run" in command:
            commands.append(command)
    return folders + commands


@pytest.fixture(scope="session")
def left_behind() -> Callable[[Path], list[str]]:
    """Tells which work folders and processes still stand in a cache folder."""
    return find_left_behind


@pytest.fixture(
    scope="session",
    params=[
        pytest.param(ShadowChoice("machine", 15), id="pg15"),
        pytest.param(ShadowChoice("embedded", 18), id="pg18"),
    ],
)
def shared(request: pytest.FixtureRequest, cache_folder: Path) -> Iterator[SharedServer]:  # noqa: ARG001 - its folder comes first
    reason = lacking(request.param)
    if reason:
        pytest.skip(reason)
    with shared_server(request.param) as server:
        yield server


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(ShadowChoice("machine", 15), id="pg15"),
        pytest.param(ShadowChoice("embedded", 18), id="pg18"),
    ],
)
def own_server(request: pytest.FixtureRequest, cache_folder: Path) -> Iterator[SharedServer]:  # noqa: ARG001 - its folder comes first
    """A server of one module's own, which may crash."""
    reason = lacking(request.param)
    if reason:
        pytest.skip(reason)
    with shared_server(request.param) as server:
        yield server


@pytest.fixture
def server(shared: SharedServer) -> Address:
    """The address of a superuser on a running throw-away server."""
    return shared.shadow.address.with_database("postgres")


@pytest.fixture
def database(shared: SharedServer) -> Iterator[Address]:
    """The address of a fresh, empty database, dropped after the test."""
    address = shared.create_database()
    yield address
    shared.drop_database(address)
