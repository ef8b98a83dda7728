"""Applies revisions by the project's own env.py: its connection, its loop over schemas, its options.

``context.configure`` is where we come in: the deployer's lock is taken before Alembic reads the version table, each
revision gets a transaction of its own, and each runs with limits, retries and a journal.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from alembic.runtime.environment import EnvironmentContext
from alembic.util import CommandError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.util import await_only

from midflight.bridge.alembic_session import AlembicSession, statement_error
from midflight.bridge.environment import connections_led_to, own_logging_kept
from midflight.bridge.explaining import explaining
from midflight.bridge.guard import Guard
from midflight.bridge.safe_operation import use_executor
from midflight.errors import DatabaseError, MidflightError, ProjectError, RangeError
from midflight.pg.addresses import Address
from midflight.pg.identifiers import QualifiedName, quote_identifier
from midflight.runner.deployer import become_deployer, end_orphans, lock_key, worker_name
from midflight.runner.events import RevisionFinished, RevisionRetried, RevisionStarted, RunFinished, RunStarted, ignore
from midflight.runner.executor import Course, Executor, LockWaitError, RevisionBusyError, Waiting
from midflight.runner.journal import Journal, file_hash
from midflight.runner.limits import Limits
from midflight.runner.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from alembic.runtime.migration import MigrationContext, MigrationStep, RevisionStep
    from sqlalchemy import Connection

    from midflight.bridge.project import Project
    from midflight.runner.events import Listener
    from midflight.runner.journal import Entry

Direction = Literal["upgrade", "downgrade"]

_ONE_AT_A_TIME = threading.Lock()
"""Alembic's ``op`` and ``context`` are globals of the process."""
_SESSION = (
    "SET lock_timeout = 0",
    "SET statement_timeout = 0",
    # A worker whose client is gone ends soon, even in the middle of a long statement.
    "SET tcp_keepalives_idle = 10",
    "SET tcp_keepalives_interval = 5",
    "SET tcp_keepalives_count = 4",
)
_CHECK_CLIENT = "SET client_connection_check_interval = '2s'"


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be applied, and how."""

    direction: Direction = "upgrade"
    target: str = "heads"
    database: Address | None = None
    """Where to connect in place of what env.py says."""
    role: str | None = None
    """The role to migrate as (SET ROLE)."""
    limits: Limits = field(default_factory=Limits)
    journal: bool = True
    listener: Listener = ignore


class _Applied(BaseException):
    """Leaves env.py where the work was done within ``configure``; no ``except Exception`` there can hold it."""


def apply(project: Project, request: Request) -> tuple[str, ...]:
    """Apply revisions and return their ids, in their order.

    Raises:
        ProjectError: where the project does not load.
        RangeError: where the target is no revision.
        DatabaseError: where the database is in the way; the same call goes on where this one stopped.
        MidflightError: where another Alembic command runs in this process.
    """
    with _alone():
        run = _Run(project, request)
        with run.environment(), _told(run), own_logging_kept():
            led = connections_led_to(request.database, project.env_py) if request.database else contextlib.nullcontext()
            with led, contextlib.suppress(_Applied):
                project.script.run_env()
        if not run.was_configured:
            raise ProjectError(f"{project.env_py}: it never calls context.configure() with a connection")
        return tuple(run.applied)


def apply_on(project: Project, request: Request, connection: Connection, options: dict[str, Any]) -> tuple[str, ...]:
    """Apply revisions on a connection of the caller's, with the options that env.py gives to ``configure``."""
    with _alone():
        run = _Run(project, request)
        with run.environment() as environment, _told(run):
            environment.configure(connection=connection, **options)
            with environment.begin_transaction():
                environment.run_migrations()
        return tuple(run.applied)


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    if not _ONE_AT_A_TIME.acquire(blocking=False):
        raise MidflightError("another upgrade is under way in this process, and Alembic can do one at a time")
    try:
        yield
    finally:
        _ONE_AT_A_TIME.release()


@contextlib.contextmanager
def _told(run: _Run) -> Iterator[None]:
    """Put what goes wrong into words: in which revision, in which line, in PostgreSQL's words."""
    try:
        yield
    except _Applied:
        raise
    except (CommandError, SQLAlchemyError, MidflightError) as error:
        raise run.explained(error) from error
    except Exception as error:
        raise run.explained(error) from error


class _Run:
    """One upgrade or downgrade."""

    def __init__(self, project: Project, request: Request) -> None:
        self._project = project
        self._request = request
        self._say = request.listener
        self._revision: RevisionStep | None = None
        self._entry: Entry | None = None
        self.applied: list[str] = []
        self.was_configured = False
        self._open: list[Watch] = []

    @contextlib.contextmanager
    def environment(self) -> Iterator[EnvironmentContext]:
        """An environment whose ``configure`` is ours; what it has opened is closed at the end."""
        environment = EnvironmentContext(
            self._project.config, self._project.script, fn=self._steps, destination_rev=self._request.target
        )
        original = environment.configure

        def configure(connection: Connection | None = None, **options: Any) -> None:  # noqa: ANN401 - as Alembic has it
            self._configure(environment, original, connection, options)

        # In place, on the instance: the functions of ``alembic.context`` look the method up there.
        setattr(environment, "configure", configure)  # noqa: B010 - an assignment would not have the method's type
        try:
            with environment:
                yield environment
        finally:
            for watch in self._open:
                watch.close()

    def explained(self, error: BaseException) -> MidflightError:
        """Put an error into words."""
        if isinstance(error, DBAPIError):
            error = statement_error(error).with_traceback(error.__traceback__)
        if self._entry is None or self._revision is None:
            if isinstance(error, MidflightError):
                return error
            if isinstance(error, CommandError):
                return RangeError(str(error))
            try:
                with explaining(self._project.env_py):
                    raise error
            except ProjectError as told:
                return told
        script = self._revision.revision
        line = _line(error, script.path)
        place = f"{Path(script.path).name}{f':{line}' if line else ''}"
        said = str(error) if isinstance(error, MidflightError) else f"{type(error).__name__}: {error}"
        hint = error.hint if isinstance(error, MidflightError) else None
        kind = type(error) if isinstance(error, DatabaseError | LockWaitError) else MidflightError
        told = DatabaseError(f"revision {script.revision} ({place}): {said}", hint=hint)
        if not issubclass(kind, DatabaseError):
            told = MidflightError(f"revision {script.revision} ({place}): {said}", hint=hint)  # type: ignore[assignment]
        return told

    def _configure(
        self,
        environment: EnvironmentContext,
        original: Callable[..., None],
        connection: Connection | None,
        options: dict[str, Any],
    ) -> None:
        if connection is None:
            original(connection=connection, **options)
            return
        if connection.dialect.name != "postgresql":
            raise ProjectError(f"{self._project.env_py}: it connects to {connection.dialect.name}, not to PostgreSQL")
        self.was_configured = True
        is_outer = getattr(connection, "_trans_context_manager", None) is not None
        if connection.in_transaction():
            connection.commit()  # Alembic takes any transaction for somebody else's, and would never commit its own
        table = QualifiedName(
            options.get("version_table_schema") or "public", options.get("version_table") or "alembic_version"
        )
        executor, journal = self._prepare(connection, str(table))
        original(connection=connection, **{**options, "transaction_per_migration": True})
        context = environment.get_context()
        executor.session = AlembicSession(context)
        connection.rollback()
        use_executor(context, executor)
        context.on_version_apply_callbacks = (*context.on_version_apply_callbacks, self._stamped(executor, journal))
        self._guard = Guard(connection, executor)
        self._executor, self._journal, self._context = executor, journal, context
        if is_outer:  # its ``with connection.begin()`` is over: all is done here, and env.py is left
            with environment.begin_transaction():
                environment.run_migrations()
            raise _Applied

    def _prepare(self, connection: Connection, version_table: str) -> tuple[Executor, Journal | None]:
        request, name = self._request, worker_name(version_table)
        address = request.database or _address(connection)
        watch = Watch(address, f"{name} (lock)")
        self._open.append(watch)
        if request.role:
            watch.fetch(f"SET ROLE {quote_identifier(request.role)}")
            connection.exec_driver_sql(f"SET ROLE {quote_identifier(request.role)}")
        for statement in _SESSION:
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql(f"SET application_name = '{name}'")
        connection.commit()
        with contextlib.suppress(DBAPIError):  # not on every platform
            connection.exec_driver_sql(_CHECK_CLIENT)
        connection.commit()
        sleep = _sleeper(connection)
        become_deployer(watch, lock_key(version_table), request.limits.max_wait, sleep, self._say)
        [[pid]] = connection.exec_driver_sql("SELECT pg_backend_pid()").all()
        connection.commit()
        end_orphans(watch, name, pid, sleep)
        journal = Journal(watch, version_table) if request.journal else None
        executor = Executor(
            _NoSession(),
            request.limits,
            watch=watch,
            journal=journal,
            listener=self._say,
            retried=True,  # type: ignore[arg-type]
        )
        return executor, journal

    def _steps(self, heads: Any, context: MigrationContext) -> Iterator[MigrationStep]:  # noqa: ANN401 - as Alembic has it
        script, target = self._project.script, self._request.target
        up = self._request.direction == "upgrade"
        steps: list[Any] = list(script._upgrade_revs(target, heads) if up else script._downgrade_revs(target, heads))  # noqa: SLF001 - as Alembic's own commands do
        self._say(RunStarted(tuple(step.revision.revision for step in steps), self._request.direction))
        began = time.monotonic()
        for place, step in enumerate(steps, 1):
            revision = step.revision.revision
            self._say(
                RevisionStarted(revision, step.revision.doc or revision, self._request.direction, place, len(steps))
            )
            started = time.monotonic()
            self._revision = step
            step.migration_fn = self._guarded(step, context)
            yield step
            self._revision = self._entry = None
            self.applied.append(revision)
            self._say(RevisionFinished(revision, time.monotonic() - started))
        self._say(RunFinished(tuple(step.revision.revision for step in steps), time.monotonic() - began))

    def _guarded(self, step: RevisionStep, context: MigrationContext) -> Callable[..., None]:
        """Run a revision's function with limits and retries."""
        original = step.migration_fn

        def run(**keywords: Any) -> None:  # noqa: ANN401 - as Alembic has it
            script, direction = step.revision, self._request.direction
            course = Course(script.revision, direction)
            executor, journal = self._executor, self._journal
            if journal:
                self._entry = journal.start(script.revision, direction, file_hash(Path(script.path)))
            executor.course = course
            memo = dict(context.impl.memo)
            while True:
                course.place = 0
                course.done = journal.done_steps(script.revision, direction) if journal else frozenset()
                try:
                    with self._guard.watching(course):
                        original(**keywords)
                except (RevisionBusyError, DBAPIError) as error:
                    if isinstance(error, DBAPIError) and not statement_error(error).is_busy:
                        self._failed(journal, script.revision)
                        raise
                    self._retry(course, error)
                    context.impl.memo.clear()
                    context.impl.memo.update(memo)
                except BaseException:
                    self._failed(journal, script.revision)
                    raise
                else:
                    return

        return run

    def _retry(self, course: Course, error: RevisionBusyError | DBAPIError) -> None:
        """Take the revision back, wait until the lock that it lacked is to be had, and let it be tried again."""
        executor, journal = self._executor, self._journal
        locks = error.step.locks if isinstance(error, RevisionBusyError) else self._guard.locks
        says = error.step.says if isinstance(error, RevisionBusyError) else self._guard.says
        if self._guard.has_committed:
            raise LockWaitError(
                f"a lock was not to be had ({says}), and what the revision did before is committed already, by "
                "statements that Midflight cannot run again",
                hint="from midflight import op gives operations that can; or give these statements a revision of their own",
            ) from error
        executor.session.rollback()
        if journal:
            journal.take_back(course.revision, "retried")
        waiting = course.waiting
        blockers = executor.wait(locks, waiting, says, 0.0, executor.limits.max_wait)
        self._say(RevisionRetried(course.revision, says, blockers, waiting.seconds))
        if waiting.seconds > executor.limits.max_wait:
            raise LockWaitError(
                f"the lock for this was not to be had within {waiting.seconds:.0f} s: {says}"
            ) from error
        if locks:
            executor.await_locks(locks, says, waiting)

    def _failed(self, journal: Journal | None, revision: str) -> None:
        if journal and self._entry:
            with contextlib.suppress(DatabaseError):  # the first error is the one to tell
                self._executor.session.rollback()  # it may hold the journal's rows of its own steps
            with contextlib.suppress(DatabaseError):  # likewise
                journal.take_back(revision, "failed")
                journal.fail(self._entry)

    def _stamped(self, executor: Executor, journal: Journal | None) -> Callable[..., None]:
        """What Alembic calls once the version table is written, in the same transaction."""

        def finish(**_: Any) -> None:  # noqa: ANN401 - as Alembic has it
            waiting = executor.course.waiting if executor.course else Waiting()
            if journal and self._entry:
                journal.finish(
                    executor.session,
                    self._entry,
                    waited=waiting.seconds,
                    tries=waiting.attempt.number + 1,
                    blockers=tuple(waiting.blockers.values()),
                )

        return finish


class _NoSession:
    """Stands where a session will be, until Alembic has made its context."""


def _address(connection: Connection) -> Address:
    try:
        url = make_url(connection.engine.url).render_as_string(hide_password=False)
        return Address.from_url(url)
    except ValueError as error:
        raise ProjectError(
            f"the URL of the engine in env.py: {error}", hint="name the database with --database"
        ) from error


def _sleeper(connection: Connection) -> Callable[[float], None]:
    if connection.dialect.is_async:
        return lambda seconds: await_only(asyncio.sleep(seconds))
    return time.sleep


def _line(error: BaseException | None, path: str) -> int | None:
    while error is not None:
        lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path]
        if lines:
            return lines[-1]
        error = error.__cause__
    return None
