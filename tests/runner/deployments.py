"""Deployments as they happen: the command in a process of its own, sessions in its way, and what is left afterwards.

A test reads so::

    deployment = deployments.new(Revision("a1", up="op.execute('ALTER TABLE t ADD COLUMN m int')"), setup=TABLE)
    with deployment.session() as reader:
        reader.execute("SELECT FROM t")
        upgrade = deployment.start("upgrade")
        upgrade.says("in the way")
    assert upgrade.wait() == 0, upgrade.output
    deployment.nothing_is_left()
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg

from checks.projects import Revision, env_py, write_project
from midflight.bridge.applying import apply
from midflight.bridge.project import ProjectSource, load_project
from midflight.bridge.request import Request
from midflight.errors import DatabaseError
from midflight.runner.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from midflight.bridge.request import Direction
    from midflight.pg.addresses import Address
    from midflight.runner.events import Event
    from operations.stage import Stage

E = TypeVar("E")
SECONDS = 90.0
"""What a slow machine may need for anything at all."""
URL = "DEPLOYMENT_URL"
TABLE = "CREATE TABLE t (id int PRIMARY KEY, n int); INSERT INTO t SELECT i, i FROM generate_series(1, 1000) AS i"
SAFE = "from midflight import op"
_LEFT = (Path(__file__).parent / "left_behind.sql").read_text()


@dataclass(slots=True)
class Deployments:
    """What one test has made."""

    stage: Stage
    folder: Path
    made: list[Deployment] = field(default_factory=list)

    def new(
        self, *revisions: Revision, setup: str = TABLE, driver: str = "asyncpg", env: str | None = None
    ) -> Deployment:
        """Write a project and make its database.

        Args:
            revisions: the history.
            setup: SQL that has run in the database before.
            driver: what env.py connects with.
            env: an env.py in place of the usual one; ``{url}`` in it is an expression for the URL.
        """
        folder = self.folder / f"p{len(self.made)}"
        text = env or env_py(driver, url=URL).replace(repr(URL), "{url}")
        text = text.replace("{url}", f"os.environ[{URL!r}]")
        write_project(folder, *revisions, env=f"import os\n{text}")
        deployment = Deployment(self.stage, folder, self.stage.clone(setup), driver)
        self.made.append(deployment)
        return deployment

    def close(self) -> None:
        """End what still runs, and drop the databases."""
        for deployment in self.made:
            for command in deployment.commands:
                command.close()
            self.stage.drop(deployment.database)


@dataclass(slots=True)
class Deployment:
    """A project and its database."""

    stage: Stage
    folder: Path
    database: Address
    driver: str
    commands: list[Command] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where env.py connects."""
        return self.database.url(f"postgresql+{self.driver}")

    def start(self, *arguments: str, env: Mapping[str, str] | None = None) -> Command:
        """Start a command of Midflight's in a process of its own."""
        out = (self.folder / f"out{len(self.commands)}").open("wb")
        with out:
            process = subprocess.Popen(
                [sys.executable, "-m", "midflight", *arguments],
                cwd=self.folder,
                env={**os.environ, URL: self.url, "PYTHONUNBUFFERED": "1", **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        command = Command(process, Path(out.name))
        self.commands.append(command)
        return command

    def run(self, *arguments: str) -> Command:
        """Run a command to its end."""
        command = self.start(*arguments)
        command.wait()
        return command

    def apply(self, direction: Direction = "upgrade", target: str | None = None, **limits: Any) -> Applying:  # noqa: ANN401 - as Limits has them
        """Apply in this process, in a thread: what a test of the runner alone needs, and much faster."""
        return Applying(self, direction, target or ("heads" if direction == "upgrade" else "base"), Limits(**limits))

    @contextlib.contextmanager
    def session(self, application: str = "report", *, autocommit: bool = False) -> Iterator[psycopg.Connection[Any]]:
        """A session of the service's, which may be in the way."""
        with psycopg.connect(self.database.url("postgresql"), autocommit=autocommit) as connection:
            connection.execute("SELECT set_config('application_name', %s, false)", [application])
            connection.commit()
            yield connection

    def value(self, query: str) -> Any:  # noqa: ANN401 - whatever it returns
        """Return the one value of a query."""
        return self.stage.value(self.database, query)

    def send(self, script: str) -> None:
        """Send statements."""
        self.stage.send(self.database, script)

    def snapshot(self) -> Mapping[Any, Any]:
        """Return the schema."""
        return self.stage.snapshot(self.database)

    def until(self, query: str) -> None:
        """Wait until a query answers true."""
        waiting(lambda: self.value(query) is True, query)

    @property
    def version(self) -> str | None:
        """What the version table says; None where it says nothing or is not there."""
        if self.value("SELECT to_regclass('alembic_version') IS NULL"):
            return None
        return self.value("SELECT version_num FROM alembic_version")  # type: ignore[no-any-return]

    def nothing_is_left(self) -> None:
        """No session of ours, no lock, no open transaction, nothing half built, no row of the journal that is begun."""
        if self.value("SELECT to_regclass('midflight.journal') IS NOT NULL"):
            begun = self.value("SELECT array(SELECT says FROM midflight.journal WHERE state = 'started')")
            assert begun == [], f"begun in the journal: {begun}"
        with contextlib.suppress(AssertionError):  # a killed process's sessions end a moment later
            waiting(lambda: self.value(_LEFT) == [], "nothing is left", 10)
        left = self.value(_LEFT)
        assert left == [], left


class Applying:
    """An upgrade or a downgrade in a thread; it is under way as soon as it is made."""

    def __init__(self, deployment: Deployment, direction: Direction, target: str, limits: Limits) -> None:
        self.events: list[Event] = []
        self.error: BaseException | None = None
        os.environ[URL] = deployment.url
        request = Request(direction, target, limits=limits, listener=self.events.append)
        self._thread = threading.Thread(target=self._run, args=(deployment.folder, request), daemon=True)
        self._thread.start()

    def _run(self, folder: Path, request: Request) -> None:
        try:
            apply(load_project(ProjectSource(folder / "alembic.ini")), request)
        except BaseException as error:  # noqa: BLE001 - the test asks for it
            self.error = error

    def of(self, kind: type[E]) -> list[E]:
        """The events of a kind so far."""
        return [event for event in self.events if isinstance(event, kind)]

    def tells(self, kind: type[E], condition: Callable[[E], bool] = lambda _: True) -> E:
        """Wait for an event."""
        waiting(lambda: any(map(condition, self.of(kind))) or not self._thread.is_alive(), f"{kind.__name__}")
        assert any(map(condition, self.of(kind))), (self.events, self.error)
        return next(filter(condition, self.of(kind)))

    def wait(self) -> None:
        """Wait for its end."""
        self._thread.join(SECONDS)
        assert not self._thread.is_alive(), self.events

    def succeeds(self) -> None:
        """It must end well."""
        self.wait()
        assert self.error is None, (self.error, getattr(self.error, "hint", None))

    def fails(self, *texts: str) -> None:
        """The database must be in its way, and each text in its message or hint."""
        self.wait()
        assert isinstance(self.error, DatabaseError), (self.error, self.events)
        said = f"{self.error}; {self.error.hint}"
        for text in texts:
            assert text in said


@dataclass(slots=True)
class Command:
    """A command that runs."""

    process: subprocess.Popen[bytes]
    file: Path

    @property
    def output(self) -> str:
        """What it has said so far, on either stream."""
        return self.file.read_text()

    @property
    def code(self) -> int:
        """Its exit code."""
        return self.wait()

    def wait(self) -> int:
        """Wait for its end."""
        try:
            return self.process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it does not end:\n{self.output}") from None

    def says(self, text: str) -> None:
        """Wait until it says something."""
        waiting(lambda: text in self.output or self.process.poll() is not None, text)
        assert text in self.output, self.output

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.process.wait(SECONDS)  # else Python would warn that it still runs

    def interrupt(self) -> None:
        """Ctrl-C."""
        self.process.send_signal(signal.SIGINT)

    def succeeds(self) -> None:
        """It must end well."""
        assert self.wait() == 0, self.output

    def fails(self, code: int, *texts: str) -> None:
        """It must fail with words, and without a traceback."""
        assert self.wait() == code, self.output
        assert "Traceback" not in self.output
        assert "internal error" not in self.output
        for text in texts:
            assert text in self.output, self.output

    def close(self) -> None:
        """End it if it still runs."""
        if self.process.poll() is None:
            self.kill()


def waiting(condition: Callable[[], bool], what: str, seconds: float = SECONDS) -> None:
    """Wait until a condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"it did not come to pass: {what}"
        time.sleep(0.02)
