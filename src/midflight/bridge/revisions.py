"""The revisions of one run: each has limits and a journal, and is tried again whole where a lock is not to be had."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from midflight.bridge.alembic_session import statement_error
from midflight.bridge.deployment import give_back
from midflight.bridge.guard import Guard
from midflight.errors import DatabaseError, GateShutError
from midflight.runner.course import Course, Waiting
from midflight.runner.events import (
    RevisionEdited,
    RevisionFinished,
    RevisionRetried,
    RevisionStarted,
    RunFinished,
    RunStarted,
)
from midflight.runner.executor import LockWaitError, RevisionBusyError, named
from midflight.runner.journal import file_hash

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from alembic.runtime.migration import MigrationContext, RevisionStep
    from sqlalchemy import Connection

    from midflight.bridge.gatekeeping import Gatekeeper
    from midflight.bridge.request import Request
    from midflight.runner.executor import Executor
    from midflight.runner.journal import Entry, Journal


class Revisions:
    """Runs the revisions of one ``run_migrations``."""

    def __init__(
        self,
        request: Request,
        context: MigrationContext,
        connection: Connection,
        executor: Executor,
        *,
        journal: Journal | None,
        gatekeeper: Gatekeeper,
    ) -> None:
        """Take Alembic's context and what runs the operations in it."""
        self._request = request
        self._context = context
        self._connection = connection
        self._executor = executor
        self._journal = journal
        self._gatekeeper = gatekeeper
        self._note: str | None = None
        self._guard = Guard(connection, executor)
        self._entry: Entry | None = None
        self._is_left = False
        self.current: RevisionStep | None = None
        """The revision that is being applied."""
        self.applied: list[str] = []
        context.on_version_apply_callbacks = (*context.on_version_apply_callbacks, self._stamped)

    def run(self, steps: Sequence[RevisionStep]) -> Iterator[RevisionStep]:
        """Hand the revisions to Alembic, which calls each, writes its version and commits before it takes the next.

        Raises:
            GateShutError: where a contract revision is held back; what came before it is applied.
        """
        try:
            yield from self._run(steps)
        except GateShutError:
            give_back(self._connection)  # nothing is under way in it
            raise

    def _run(self, way: Sequence[RevisionStep]) -> Iterator[RevisionStep]:
        say, direction = self._request.listener, self._request.direction
        began = time.monotonic()
        # Alembic may just have made its version table: a revision that is taken back must not take that back, too.
        if self._connection.in_transaction():
            self._connection.commit()
        self._tell_edited()
        self._gatekeeper.prepare()
        ids = self._gatekeeper.admitted([_id(step) for step in way])
        steps = [step for step in way if _id(step) in ids]
        say(RunStarted(ids, direction))
        for place, step in enumerate(steps, 1):
            self._note = self._gatekeeper.pass_(_id(step))
            say(RevisionStarted(_id(step), step.revision.doc or _id(step), direction, place, len(steps)))
            started = time.monotonic()
            self.current = step
            step.migration_fn = self._guarded(step)
            yield step
            self.current = self._entry = None
            self.applied.append(_id(step))
            say(RevisionFinished(_id(step), time.monotonic() - started))
        give_back(self._connection)  # it may be of a pool that goes on
        say(RunFinished(ids, time.monotonic() - began))
        self._gatekeeper.tell_left([_id(step) for step in way])

    def leave(self) -> None:
        """Let go of the connection."""
        if not self._is_left:
            self._guard.leave()
        self._is_left = True

    def _tell_edited(self) -> None:
        applied = self._journal.applied() if self._journal else {}
        script = self._context.script
        for one in script.walk_revisions() if script and applied else ():
            path = Path(one.path)
            if one.revision in applied and file_hash(path) != applied[one.revision]:
                self._request.listener(RevisionEdited(one.revision, path.name))

    def _guarded(self, step: RevisionStep) -> Callable[..., None]:
        original = step.migration_fn

        def run(**keywords: Any) -> None:  # noqa: ANN401 - as Alembic has it
            course = Course(_id(step), self._request.direction)
            self._executor.course = course
            if self._journal:
                hash_ = file_hash(Path(step.revision.path))
                self._entry = self._journal.start(_id(step), course.direction, hash_, self._note)
                course.attempt = self._entry
            memo = dict(self._context.impl.memo)
            try:
                while not self._tried(course, lambda: original(**keywords)):
                    self._context.impl.memo.clear()  # what the try that was taken back has noted
                    self._context.impl.memo.update(memo)
            except BaseException:
                self._failed(course)
                raise

        return run

    def _tried(self, course: Course, work: Callable[[], None]) -> bool:
        """Run a revision once; return whether it came to its end. Where a lock was missing it is taken back."""
        began, course.place = time.monotonic(), 0
        course.done = self._journal.done_steps(course.revision, course.direction) if self._journal else frozenset()
        try:
            with self._guard.watching(course):
                work()
        except (RevisionBusyError, DBAPIError) as error:
            if isinstance(error, DBAPIError) and not statement_error(error).is_busy:
                raise
            self._take_back(course, error, time.monotonic() - began)
            return False
        return True

    def _take_back(self, course: Course, error: RevisionBusyError | DBAPIError, took: float) -> None:
        """Roll a revision back, after so many seconds, and wait until the lock that it lacked is to be had."""
        missing = error.step if isinstance(error, RevisionBusyError) else self._guard
        says, locks = missing.says, missing.locks
        if self._guard.has_committed:
            raise LockWaitError(
                f"a lock was not to be had ({says}), and what the revision did before is committed already, by "
                "statements that cannot be run again",
                hint="give them a revision of their own, or use the operations of midflight.op, which can",
            ) from error
        self._executor.session.rollback()
        if self._journal:
            self._journal.take_back(course.revision, "retried")
        waiting, limit = course.waiting, self._request.limits.max_wait
        began = time.monotonic()
        blockers = self._executor.wait(locks, waiting, says, took, limit)
        waiting.seconds += took + time.monotonic() - began
        self._request.listener(RevisionRetried(course.revision, says, blockers, waiting.seconds))
        if waiting.seconds >= limit:
            raise LockWaitError(
                f"the lock for this was not to be had within {waiting.seconds:.0f} s: {says}", hint=named(blockers)
            ) from error
        if locks:
            self._executor.await_locks(locks, says, waiting)

    def _failed(self, course: Course) -> None:
        with contextlib.suppress(SQLAlchemyError):  # it is closed already
            self._connection.detach()  # in whatever state it is, no pool gets it back
        if self._journal and self._entry:
            with contextlib.suppress(DatabaseError):  # the first error is the one to tell
                self._executor.session.rollback()  # it may hold the journal's rows of its own steps
            with contextlib.suppress(DatabaseError):  # likewise
                self._journal.take_back(course.revision, "failed")
                self._journal.fail(self._entry)

    def _stamped(self, **_: Any) -> None:  # noqa: ANN401 - as Alembic has it
        """What Alembic calls once the version table is written, in the same transaction."""
        if self._journal and self._entry:
            waiting = self._executor.course.waiting if self._executor.course else Waiting()
            self._journal.finish(
                self._executor.session,
                self._entry,
                waited=waiting.seconds,
                tries=waiting.attempt.number + 1,
                blockers=tuple(waiting.blockers.values()),
            )


def _id(step: RevisionStep) -> str:
    return step.revision.revision
