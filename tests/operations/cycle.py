"""What every operation must hold: one case is run forward and back, broken off and resumed, as a script and by Alembic.

A case reads so::

    Case(
        "set_default",
        setup="CREATE TABLE t (id int PRIMARY KEY, n int)",
        up='op.set_default("t", "n", 7)',
        down='op.drop_default("t", "n")',
        effect="SELECT column_default = '7' FROM information_schema.columns WHERE column_name = 'n'",
    )
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from alembic import command
from alembic.config import Config

from checks.projects import Revision, env_py, write_project
from midflight.bridge.applying import apply
from midflight.bridge.project import ProjectSource, load_project
from midflight.bridge.request import Request
from midflight.checks.history import check_history
from midflight.checks.request import Conditions, HistoryRequest
from midflight.checks.result import Outcome
from midflight.errors import MidflightError
from midflight.registry import LOCKS_AND_LONG_WORK, Hazards
from midflight.runner.events import StepFinished, StepStarted
from midflight.shadow.choice import ShadowChoice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from midflight.pg.addresses import Address
    from midflight.runner.events import Event
    from operations.stage import Stage

URL = "CYCLE_URL"
DONE_FOR_GOOD = "SELECT count(*) FROM midflight.journal WHERE state = 'done' AND step IS NOT NULL"
LOCKS_ALONE = Hazards(LOCKS_AND_LONG_WORK, LOCKS_AND_LONG_WORK, ())


@dataclass(frozen=True, slots=True)
class Case:
    """An operation in a revision."""

    name: str
    setup: str
    """SQL that has run before."""
    up: str
    """The code of ``upgrade()``; ``op`` is Midflight's, ``sa`` is SQLAlchemy."""
    down: str
    effect: str
    """A query that returns true where ``upgrade()`` has run."""
    majors: tuple[int, ...] = (15, 18)
    """The servers on which it makes sense."""
    before: str = ""
    """Code of the revision at module level."""
    offline: bool = True
    """Whether it can be written as a script."""
    again: bool = True
    """Whether it has nothing left to do where all of it is done already."""
    returns: bool = True
    """Whether ``downgrade()`` leads back to the same schema."""
    reorders: bool = False
    """Whether it leads back to the same columns in another order."""
    allowed: frozenset[str] = field(default_factory=frozenset)
    """Hazards that it has and must have, by what it is."""

    def __str__(self) -> str:
        return self.name


class StoppedError(Exception):
    """The test breaks a run off."""


def run_operation_cycle(stage: Stage, folder: Path, case: Case) -> None:
    """Run all of it: each time from the same schema and the same rows."""
    if stage.major not in case.majors:
        return
    with contextlib.closing(Cycle(stage, folder, case)) as cycle:
        cycle.forward_and_back()
        cycle.broken_off_and_resumed()
        cycle.by_alembic_alone()
        cycle.as_script()
    found = hazards_of(stage, folder, case)
    assert found == case.allowed, found


class Cycle:
    """A case, its project and its database: one for all runs where ``downgrade()`` leads back, else one for each."""

    def __init__(self, stage: Stage, folder: Path, case: Case) -> None:
        self.stage, self.folder, self.case = stage, folder, case
        write(folder, case, "asyncpg")
        self.database = stage.clone(case.setup)
        self.before = self.after = stage.snapshot(self.database)
        self.steps = 0

    def close(self) -> None:
        self.stage.drop(self.database)

    def apply(self, *, down: bool = False, stop_after: int | None = None) -> int:
        return applied(self.folder, self.database, down=down, stop_after=stop_after)

    def start_again(self) -> None:
        if self.case.returns:
            self.apply(down=True)
        else:
            self.stage.drop(self.database)
            self.database = self.stage.clone(self.case.setup)

    def is_applied(self, how: str) -> None:
        assert self.stage.snapshot(self.database) == self.after, how
        assert self.stage.value(self.database, self.case.effect) is True, how

    def forward_and_back(self) -> None:
        self.steps = self.apply()
        self.after = self.stage.snapshot(self.database)
        self.is_applied("undisturbed")
        if self.case.again:  # as after a crash between the last step and the version table, without a journal
            self.stage.send(self.database, "DELETE FROM alembic_version")
            self.apply()
            self.is_applied("again")
        self.apply(down=True)
        if self.case.returns:
            self.is_back()
        self.apply()
        if self.case.returns:
            self.is_applied("forward, back and forward")

    def is_back(self) -> None:
        now, before = self.stage.snapshot(self.database), self.before
        if self.case.reorders:
            now, before = without_order(now), without_order(before)
        assert now == before, "down"

    def broken_off_and_resumed(self) -> None:
        """Break off after each step that is done for good; the same command goes on from there."""
        self.start_again()
        stop_after = 1
        done = self.stage.value(self.database, DONE_FOR_GOOD) if self.case.returns else 0
        while self.is_broken_off(stop_after):
            before, done = done, self.stage.value(self.database, DONE_FOR_GOOD)
            stop_after = stop_after + 1 if done == before else 1  # what was not committed is taken back
        self.is_applied("broken off after each step")
        self.start_again()

    def is_broken_off(self, stop_after: int) -> bool:
        try:
            self.apply(stop_after=stop_after)
        except MidflightError as error:
            assert "StoppedError" in str(error), error  # noqa: PT017 - whether it is raised is what is asked
            return True
        return False

    def by_alembic_alone(self) -> None:
        """By ``alembic upgrade head`` with a stock env.py that runs all revisions in one transaction."""
        write(self.folder, self.case, "psycopg")
        with url_of(self.database, "psycopg"):
            command.upgrade(Config(str(self.folder / "alembic.ini")), "head")
        self.is_applied("by alembic")
        write(self.folder, self.case, "asyncpg")

    def as_script(self) -> None:
        """What ``alembic upgrade head --sql`` writes, sent as psql does."""
        if self.case.offline:
            self.start_again()
            text = script(self.folder)
            self.stage.send(self.database, f"DROP TABLE IF EXISTS alembic_version;\n{text}")
            self.is_applied(text)


def without_order(units: Mapping[Any, Any]) -> Mapping[Any, Any]:
    """Leave out where the columns stand."""
    return {
        unit: {part: attributes[1:] if part.kind == "column" else attributes for part, attributes in parts.items()}
        for unit, parts in units.items()
    }


def recorded(stage: Stage, folder: Path, setup: str, *ups: str) -> str:
    """Return a setup that is what revisions leave behind: its own SQL, then each statement that they send."""
    database, sent = stage.clone(setup), [setup, "CREATE SCHEMA IF NOT EXISTS midflight"]

    def listen(event: Event) -> None:
        if isinstance(event, StepStarted):
            sent.append(event.sql)

    try:
        for number, up in enumerate(ups):
            project = folder / f"recorded_{number}"
            project.mkdir()
            write(project, Case(f"recorded_{number}", setup, up, "pass", "SELECT true"), "asyncpg")
            applied(project, database, listener=listen)
            stage.send(database, "DELETE FROM alembic_version")
    finally:
        stage.drop(database)
    return ";\n".join(sent)


def script(folder: Path) -> str:
    """Return what ``alembic upgrade head --sql`` writes."""
    out = io.StringIO()
    os.environ[URL] = "postgresql://nobody@nowhere.invalid/shop"
    try:
        command.upgrade(Config(str(folder / "alembic.ini"), output_buffer=out), "head", sql=True)
    finally:
        del os.environ[URL]
    return out.getvalue()


def hazards_of(stage: Stage, folder: Path, case: Case) -> frozenset[str]:
    """Return what the check finds in it, of what stops traffic, on tables with rows."""
    (folder / "setup.sql").write_text(case.setup)
    conditions = Conditions(ShadowChoice(stage.address), baseline=str(folder / "setup.sql"), hazards=LOCKS_ALONE)
    request = HistoryRequest(conditions, ProjectSource(folder / "alembic.ini"))
    with url_of(stage.address, "asyncpg"):
        result = asyncio.run(check_history(request, lambda _: None))
    [revision] = result.revisions
    assert revision.outcome is Outcome.PASSED, revision.reason
    return frozenset(finding.hazard for finding in revision.findings) & {hazard.id for hazard in LOCKS_AND_LONG_WORK}


def write(folder: Path, case: Case, driver: str) -> None:
    """Write the project; its env.py takes the URL from the environment."""
    env = env_py(driver, url=URL, before="import os").replace(repr(URL), f"os.environ[{URL!r}]")
    before = f"from midflight import op\n{case.before}"
    write_project(folder, Revision("a1", up=case.up, down=case.down, before=before), env=env)


def applied(
    folder: Path,
    database: Address,
    *,
    down: bool = False,
    stop_after: int | None = None,
    listener: Callable[[Event], None] = lambda _: None,
) -> int:
    """Apply in this process; return how many steps it did."""
    finished = 0

    def listen(event: Event) -> None:
        nonlocal finished
        listener(event)
        if isinstance(event, StepFinished):
            finished += 1
            if finished == stop_after:
                raise StoppedError

    request = Request(
        direction="downgrade" if down else "upgrade",
        target="base" if down else "heads",
        database=database,
        listener=listen,
    )
    with url_of(database, "asyncpg"):
        apply(load_project(ProjectSource(folder / "alembic.ini")), request)
    return finished


@contextlib.contextmanager
def url_of(database: Address, driver: str) -> Iterator[None]:
    """Tell env.py where to connect."""
    os.environ[URL] = database.url(f"postgresql+{driver}")
    try:
        yield
    finally:
        del os.environ[URL]
