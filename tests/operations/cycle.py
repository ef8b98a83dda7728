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
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from alembic import command
from alembic.config import Config
from checks.projects import Revision, env_py, write_project

from midflight.bridge.applying import Request, apply
from midflight.bridge.project import ProjectSource, load_project
from midflight.checks.history import check_history
from midflight.checks.request import Conditions, HistoryRequest
from midflight.checks.result import Outcome
from midflight.errors import MidflightError
from midflight.registry import LOCKS_AND_LONG_WORK, Hazards
from midflight.runner.events import StepFinished
from midflight.shadow.choice import ShadowChoice

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from operations.stage import Stage

    from midflight.pg.addresses import Address
    from midflight.runner.events import Event

URL = "CYCLE_URL"
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
    allowed: frozenset[str] = field(default_factory=frozenset)
    """Hazards that it has and must have, by what it is."""

    def __str__(self) -> str:
        return self.name


class StoppedError(Exception):
    """The test breaks a run off."""


def run_operation_cycle(stage: Stage, folder: Path, case: Case) -> None:
    """Run all of it; each run has a clone of its own."""
    if stage.major not in case.majors:
        return
    write(folder, case, "asyncpg")
    with clone(stage, case) as database:
        before = stage.snapshot(database)
        finished = applied(folder, database)
        after = stage.snapshot(database)
        assert after != before or not case.effect
        assert stage.value(database, case.effect) is True
        forward_and_back(stage, folder, case, database, before, after)
    for number in range(1, finished + 1):
        broken_off_and_resumed(stage, folder, case, number, after)
    by_alembic_alone(stage, folder, case, after)
    if case.offline:
        as_script(stage, folder, case, after)
    assert hazards_of(stage, folder, case) <= case.allowed


def forward_and_back(
    stage: Stage, folder: Path, case: Case, database: Address, before: Mapping[Any, Any], after: Mapping[Any, Any]
) -> None:
    if case.again:  # as after a crash between the last step and the version table, without a journal
        stage.send(database, "DELETE FROM alembic_version")
        applied(folder, database)
        assert stage.snapshot(database) == after
    applied(folder, database, down=True)
    if case.returns:
        assert stage.snapshot(database) == before
    applied(folder, database)
    if case.returns:
        assert stage.snapshot(database) == after


def broken_off_and_resumed(stage: Stage, folder: Path, case: Case, number: int, after: Mapping[Any, Any]) -> None:
    """Break off after a number of steps; the same command finishes it."""
    with clone(stage, case) as database:
        with pytest.raises(MidflightError, match="StoppedError"):
            applied(folder, database, stop_after=number)
        applied(folder, database)
        assert stage.snapshot(database) == after, f"broken off after step {number}"
        assert stage.value(database, case.effect) is True


def by_alembic_alone(stage: Stage, folder: Path, case: Case, after: Mapping[Any, Any]) -> None:
    """By ``alembic upgrade head`` with a stock env.py that runs all revisions in one transaction."""
    write(folder, case, "psycopg")
    with clone(stage, case) as database, url_of(database, "psycopg"):
        command.upgrade(Config(str(folder / "alembic.ini")), "head")
        assert stage.snapshot(database) == after
    write(folder, case, "asyncpg")


def as_script(stage: Stage, folder: Path, case: Case, after: Mapping[Any, Any]) -> None:
    with clone(stage, case) as database:
        text = script(folder, database)
        stage.send(database, text)
        assert stage.snapshot(database) == after, text


def script(folder: Path, database: Address) -> str:
    """Return what ``alembic upgrade head --sql`` writes."""
    out = io.StringIO()
    with url_of(database, "asyncpg"):
        command.upgrade(Config(str(folder / "alembic.ini"), output_buffer=out), "head", sql=True)
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
    return frozenset(finding.hazard for finding in revision.findings)


def write(folder: Path, case: Case, driver: str) -> None:
    """Write the project; its env.py takes the URL from the environment."""
    env = env_py(driver, url=URL, before="import os").replace(repr(URL), f"os.environ[{URL!r}]")
    before = f"from midflight import op\n{case.before}"
    write_project(folder, Revision("a1", up=case.up, down=case.down, before=before), env=env)


def applied(folder: Path, database: Address, *, down: bool = False, stop_after: int | None = None) -> int:
    """Apply in this process; return how many steps it did."""
    finished = 0

    def listen(event: Event) -> None:
        nonlocal finished
        if isinstance(event, StepFinished):
            finished += 1
            if finished == stop_after:
                raise StoppedError

    request = Request(
        direction="downgrade" if down else "upgrade", target="base" if down else "heads", database=database, listener=listen
    )
    with url_of(database, "asyncpg"):
        apply(load_project(ProjectSource(folder / "alembic.ini")), request)
    return finished


@contextlib.contextmanager
def clone(stage: Stage, case: Case) -> Iterator[Address]:
    address = stage.clone(case.setup)
    try:
        yield address
    finally:
        stage.drop(address)


@contextlib.contextmanager
def url_of(database: Address, driver: str) -> Iterator[None]:
    """Tell env.py where to connect."""
    os.environ[URL] = database.url(f"postgresql+{driver}")
    try:
        yield
    finally:
        del os.environ[URL]
