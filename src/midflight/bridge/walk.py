"""The walk over a project's revisions, one step at a time, on one connection."""

from __future__ import annotations

import asyncio
import enum
import traceback
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import greenlet
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationStep, RevisionStep
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateSchema

from midflight.bridge.connections import Link, connect
from midflight.bridge.known_types import known_types
from midflight.bridge.thread import CodeExitedError, ProjectThread, TimeIsUpError
from midflight.errors import MidflightError
from midflight.pg.passwords import without_passwords
from midflight.runner.executor import Executor
from midflight.trace.record import Sender

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from alembic.script import Script
    from sqlalchemy import Connection
    from sqlalchemy.engine import ExceptionContext

    from midflight.bridge.environment import Environment
    from midflight.bridge.known_types import KnownTypes
    from midflight.bridge.project import Project, Revision
    from midflight.pg.addresses import Address


DUPLICATE_OBJECT = "42710"
"""The SQLSTATE of CREATE TYPE for a type that is there. https://www.postgresql.org/docs/current/errcodes-appendix.html"""


IN_FAILED_TRANSACTION = "25P02"
"""The SQLSTATE of whatever is sent after an error in the same transaction."""


class Direction(enum.Enum):
    """Which of a revision's two functions runs."""

    UP = "upgrade"
    DOWN = "downgrade"


_RESUMING = frozenset({Executor.run.__code__, Executor.run_beside.__code__})
"""What is sent from there is left out by itself where it is done."""


@dataclass(frozen=True, slots=True)
class StepFailure:
    """Why a step did not succeed."""

    reason: str
    line: int | None
    timed_out: bool = False
    """Whether it was cut off when its time was up."""
    not_implemented: bool = False
    """Whether the revision says itself that there is no way: NotImplementedError, or no function of that name."""
    type_is_there: bool = False
    """Whether PostgreSQL refused to create a type, or something of the kind, that is there already."""
    only_alone: bool = False
    """Whether it fails by itself alone: as a part of a longer run it passes, and so it was applied after all."""


class _WentOnError(MidflightError):
    """A revision went on after an error that had ended its transaction."""

    def __init__(self, first: BaseException, line: int | None) -> None:
        """Take the first error and the line from which that statement was sent."""
        super().__init__(f"{_reason(first)}; the code goes on, but PostgreSQL refuses the rest of the transaction")
        self.line = line


class Walk:
    """Runs single steps of a history on one database."""

    def __init__(self, thread: ProjectThread, project: Project, environment: Environment, address: Address) -> None:
        """Take where the project's code runs, the project, its settings, and the (watched) database."""
        self._thread = thread
        self._project = project
        self._environment = environment
        self._address = address
        self._link: Link | None = None
        self._current: tuple[Path, greenlet.greenlet] | None = None

    async def connect(self, *, limit: float, cut_off: Callable[[], None]) -> str | None:
        """Connect, and make what must be there before the first revision; return why that failed."""
        return await self.run(lambda _: None, limit=limit, cut_off=cut_off)

    async def step(
        self, direction: Direction, revision: Revision, *, limit: float, cut_off: Callable[[], None]
    ) -> StepFailure | None:
        """Run one revision up or down; a failure is returned, not raised, and costs the connection.

        An upgrade that would create a type again is run once more as a part of a longer run, in which SQLAlchemy
        leaves that out; see ``known_types``.

        Args:
            direction: up or down.
            revision: the revision; the database is at one of its neighbours.
            limit: seconds that it may take.
            cut_off: ends the connections of a revision whose time is up.
        """
        failure = await self._try(direction, revision, limit=limit, cut_off=cut_off)
        if failure is None or direction is Direction.DOWN or not failure.type_is_there:
            return failure
        passes = await self._try(direction, revision, limit=limit, cut_off=cut_off, in_longer_run=True) is None
        return replace(failure, only_alone=passes)

    async def _try(
        self,
        direction: Direction,
        revision: Revision,
        *,
        limit: float,
        cut_off: Callable[[], None],
        in_longer_run: bool = False,
    ) -> StepFailure | None:
        stood: int | None = None

        def run() -> None:
            types = self._linked().run(known_types) if in_longer_run else {}
            self._run(direction, revision, known=types)

        def note_and_cut_off() -> None:
            nonlocal stood
            stood = self.line()
            cut_off()

        try:
            await self._thread.run(run, limit=limit, cut_off=note_and_cut_off)
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 - a project's code may raise anything
            await self._thread.finish(self.hang_up)
            return _failure(error, revision, direction, stood)
        return None

    async def mark_applied(self, revision: Revision, *, limit: float) -> None:
        """Write a revision into the version table without running it: its downgrade took nothing back but that."""
        await self._thread.run(lambda: self._run(Direction.UP, revision, only_mark=True), limit=limit)

    async def run(self, work: Callable[[Connection], None], *, limit: float, cut_off: Callable[[], None]) -> str | None:
        """Run other work of the project's on the same connection, in a transaction of its own; return why it failed."""

        def transaction(connection: Connection) -> None:
            with connection.begin():
                work(connection)

        try:
            await self._thread.run(lambda: self._linked().run(transaction), limit=limit, cut_off=cut_off)
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 - a project's code may raise anything
            return _reason(error)
        return None

    def sender(self) -> Sender:
        """Return from where in the running revision SQL is being sent."""
        if self._current is None:
            return Sender()
        path, running = self._current
        frame: FrameType | None = running.gr_frame or self._thread.frame()
        resumes = False
        while frame is not None:
            if frame.f_code.co_filename == str(path):
                return Sender(frame.f_lineno, resumes)
            resumes = resumes or frame.f_code in _RESUMING
            frame = frame.f_back
        return Sender()

    def line(self) -> int | None:
        """Return the line of the running revision from which SQL is being sent, None where it cannot be told."""
        return self.sender().line

    def hang_up(self) -> None:
        """Close the connection; the next step makes a new one. Runs in the project's thread."""
        if self._link is not None:
            self._link.close()
            self._link = None

    def _linked(self) -> Link:
        if self._link is None:
            self._link = connect(self._environment, self._address)
            self._link.run(self._prepare)
        return self._link

    def _prepare(self, connection: Connection) -> None:
        """Do what env.py would have done before ``configure``: the version table's schema must be there."""
        schema = self._environment.options.get("version_table_schema")
        if schema:
            with connection.begin():
                connection.execute(CreateSchema(schema, if_not_exists=True))

    def _run(
        self, direction: Direction, revision: Revision, *, only_mark: bool = False, known: KnownTypes | None = None
    ) -> None:
        script = self._project.script.get_revision(revision.id)
        step = _step(self._project, script, direction)
        if only_mark:
            step.migration_fn = lambda **_: None
        self._linked().run(lambda connection: self._migrate(connection, script, step, known or {}))
        self._linked().run(_commit_rest)

    def _migrate(self, connection: Connection, script: Script, step: RevisionStep, known: KnownTypes) -> None:
        """Run one step as Alembic's own commands do, so that transactions and the version table are Alembic's."""
        environment = EnvironmentContext(self._project.config, self._project.script, fn=lambda *_: [step])
        self._current = (Path(script.path), greenlet.getcurrent())
        refused: list[_WentOnError] = []

        def note(context: ExceptionContext) -> None:
            refused.append(_WentOnError(context.sqlalchemy_exception or context.original_exception, self.line()))

        event.listen(connection.engine, "handle_error", note)
        try:
            with environment:
                environment.configure(connection=connection, **self._environment.options)
                environment.get_context().impl.memo.update(known)
                with environment.begin_transaction():
                    environment.run_migrations()
        except Exception as error:
            if _was_closed(connection):
                closed = CodeExitedError("it closed the connection on which it runs")
                raise closed.with_traceback(error.__traceback__) from error
            if _sqlstate(error) == IN_FAILED_TRANSACTION:
                raise refused[0] from error
            raise
        finally:
            event.remove(connection.engine, "handle_error", note)
            self._current = None


def _step(project: Project, script: Script, direction: Direction) -> RevisionStep:
    revisions = project.script.revision_map
    if direction is Direction.UP:
        return MigrationStep.upgrade_from_script(revisions, script)
    return MigrationStep.downgrade_from_script(revisions, script)


def _commit_rest(connection: Connection) -> None:
    """Commit what was sent after a revision's own COMMIT, such as the version: an env.py that allows for it does so.

    Otherwise all that follows would run in that transaction, and nobody else would see any of it.
    """
    if connection.in_transaction():
        connection.commit()


def _was_closed(connection: Connection) -> bool:
    """Tell whether a revision has closed its connection; one that the server ended is another matter."""
    return connection.closed or (not connection.invalidated and not connection.connection.is_valid)


def _failure(error: BaseException, revision: Revision, direction: Direction, stood: int | None) -> StepFailure:
    """Put an exception into words; ``stood`` is the line at which the revision was cut off, where it was."""
    line = error.line if isinstance(error, _WentOnError) else _line_in(error, revision.path) or stood
    missing = isinstance(error, AttributeError) and getattr(error, "name", None) == direction.value
    if missing:
        return StepFailure(f"it has no {direction.value}()", None, not_implemented=True)
    return StepFailure(
        _reason(error),
        line,
        timed_out=isinstance(error, TimeIsUpError),
        not_implemented=isinstance(error, NotImplementedError),
        type_is_there=_sqlstate(error) == DUPLICATE_OBJECT,
    )


def _sqlstate(error: BaseException) -> str | None:
    """Return PostgreSQL's code of an error, by whichever driver it came."""
    cause = error.orig if isinstance(error, DBAPIError) else None
    return getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)


def _reason(error: BaseException) -> str:
    """Say what went wrong in one line: for a database error PostgreSQL's own words, never parameters."""
    if isinstance(error, MidflightError):
        return without_passwords(str(error))
    if isinstance(error, DBAPIError) and error.orig is not None:
        cause: Any = error.orig.__cause__ or error.orig
        said = without_passwords(str(cause)).strip().splitlines()
        return said[0] if said else type(cause).__name__
    said = without_passwords(str(error)).strip().splitlines()
    return f"{type(error).__name__}: {said[0]}" if said else type(error).__name__


def _line_in(error: BaseException, path: Path) -> int | None:
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    if lines:
        return lines[-1]
    return _line_in(error.__cause__, path) if error.__cause__ else None
