"""Applies revisions by the project's own env.py: its connection, its loop over schemas, its options.

``context.configure`` is where we come in: the deployer's lock is taken before Alembic reads the version table, each
revision gets a transaction of its own, and each runs with limits, retries and a journal.
"""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Any

from alembic.runtime.environment import EnvironmentContext

from midflight.bridge.alembic_session import AlembicSession
from midflight.bridge.deployment import deploy
from midflight.bridge.environment import connections_led_to, own_logging_kept
from midflight.bridge.gatekeeping import Gatekeeper
from midflight.bridge.phases import history_of
from midflight.bridge.revision_failure import explained
from midflight.bridge.revisions import Revisions
from midflight.bridge.safe_operation import use_executor
from midflight.errors import MidflightError, ProjectError
from midflight.runner.executor import Executor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from alembic.runtime.migration import MigrationContext, RevisionStep
    from sqlalchemy import Connection

    from midflight.bridge.deployment import Deployment
    from midflight.bridge.project import Project
    from midflight.bridge.request import Request
    from midflight.runner.watch import Watch

_ONE_AT_A_TIME = threading.Lock()
"""Alembic's ``op`` and ``context`` are globals of the process."""


class _Applied(BaseException):
    """Leaves env.py where the work was done within ``configure``; no ``except Exception`` there can hold it."""


def apply(project: Project, request: Request) -> tuple[str, ...]:
    """Apply revisions as env.py connects, and return their ids in their order.

    Raises:
        ProjectError: where the project does not load.
        RangeError: where the target is no revision.
        DatabaseError: where the database is in the way; the same call goes on where this one stopped.
        MidflightError: where a revision fails, or another upgrade runs in this process.
    """
    run = _Run(project, request)
    with _alone(), run.explained(), run.environment(), own_logging_kept(), contextlib.ExitStack() as stack:
        if request.database:
            stack.enter_context(connections_led_to(request.database, project.env_py))
        with contextlib.suppress(_Applied):
            project.script.run_env()
        if not run.was_configured:
            raise ProjectError(f"{project.env_py}: it never calls context.configure() with a connection")
    return run.applied


def apply_on(project: Project, request: Request, connection: Connection, options: Mapping[str, Any]) -> tuple[str, ...]:
    """Apply revisions on a connection of the caller's, with the options that env.py gives to ``configure``.

    Raises:
        MidflightError: as ``apply`` does.
    """
    run = _Run(project, request)
    with _alone(), run.explained(), run.environment() as environment, contextlib.suppress(_Applied):
        environment.configure(connection=connection, **options)
        with environment.begin_transaction():
            environment.run_migrations()
    return run.applied


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    if not _ONE_AT_A_TIME.acquire(blocking=False):
        raise MidflightError("another upgrade is under way in this process, and Alembic can do one at a time")
    try:
        yield
    finally:
        _ONE_AT_A_TIME.release()


class _Run:
    """One upgrade or downgrade: as many calls of ``configure`` and ``run_migrations`` as env.py makes."""

    def __init__(self, project: Project, request: Request) -> None:
        self._project = project
        self._request = request
        self._done: list[Revisions] = []
        self._watches: list[Watch] = []

    @property
    def was_configured(self) -> bool:
        """Whether env.py came so far as to give a connection."""
        return bool(self._done)

    @property
    def applied(self) -> tuple[str, ...]:
        """The revisions that were applied; with a loop over schemas each is named once for each of them."""
        return tuple(revision for revisions in self._done for revision in revisions.applied)

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
            self._leave()

    def _leave(self) -> None:
        for revisions in self._done[-1:]:
            revisions.leave()
        while self._watches:
            self._watches.pop().close()

    @contextlib.contextmanager
    def explained(self) -> Iterator[None]:
        """Put what goes wrong into words: in which revision, in which line, in PostgreSQL's words."""
        try:
            yield
        except Exception as error:
            raise explained(error, self._project, self._done[-1].current if self._done else None) from error

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
        # Set within ``with connection.begin()``, by SQLAlchemy's TransactionalContext.
        is_within = getattr(connection, "_trans_context_manager", None) is not None
        if connection.in_transaction():
            connection.commit()  # Alembic would take it for somebody else's, and never commit its own work
        if is_within:  # else SQLAlchemy refuses whatever comes after its end
            connection._trans_context_manager = None  # noqa: SLF001 - there is no other way
        # In AUTOCOMMIT no lock could be taken, and an older snapshot would not see the journal's rows.
        connection.execution_options(isolation_level="READ COMMITTED")
        self._leave()  # the one before in a loop over schemas or databases, which is done
        deployment = deploy(connection, options, self._request)
        self._watches.append(deployment.watch)
        original(connection=connection, **{**options, "transaction_per_migration": True})
        self._take_over(environment.get_context(), connection, deployment)
        if is_within:  # their transaction is over: all is done here, and env.py is left
            with environment.begin_transaction():
                environment.run_migrations()
            raise _Applied

    def _take_over(self, context: MigrationContext, connection: Connection, deployment: Deployment) -> None:
        executor = Executor(
            AlembicSession(context),
            self._request.limits,
            watch=deployment.watch,
            journal=deployment.journal,
            listener=self._request.listener,
            retried=True,
        )
        connection.rollback()  # ends what the session's first question has begun
        use_executor(context, executor)
        gatekeeper = Gatekeeper(history_of(self._project.history()), deployment.watch, self._request)
        self._done.append(
            Revisions(self._request, context, connection, executor, journal=deployment.journal, gatekeeper=gatekeeper)
        )

    def _steps(self, heads: Any, _: MigrationContext) -> Iterator[RevisionStep]:  # noqa: ANN401 - as Alembic has it
        script, target = self._project.script, self._request.target
        find: Any = script._upgrade_revs if self._request.direction == "upgrade" else script._downgrade_revs  # noqa: SLF001 - as Alembic's own commands do
        return self._done[-1].run(list(find(target, heads)))
