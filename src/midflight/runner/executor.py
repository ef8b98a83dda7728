"""Executes steps on one connection: polls for locks, limits times, skips what is done, leaves nothing half done."""

from __future__ import annotations

import contextlib
import random
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from midflight.errors import DatabaseError
from midflight.operations.state import State
from midflight.operations.step import Mode, Step, Work
from midflight.runner.batches import run_batches
from midflight.runner.course import Course, Waiting
from midflight.runner.events import (
    BlockerEnded,
    LockWaiting,
    OldTransactions,
    StepFinished,
    StepSkipped,
    StepStarted,
    ignore,
)
from midflight.runner.ladder import Try, next_try, pause
from midflight.runner.limits import Limits
from midflight.runner.session import DUPLICATE_TABLE, StatementError
from midflight.runner.states import read_state
from midflight.runner.watch import ends

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from midflight.operations.operation import Operation
    from midflight.operations.step import TableLock
    from midflight.runner.events import Blocker, Listener
    from midflight.runner.journal import Entry, Journal
    from midflight.runner.session import Session
    from midflight.runner.watch import Watch

_HAS_WORK = "SELECT pg_current_xact_id_if_assigned() IS NOT NULL"


class LockWaitError(DatabaseError):
    """A lock was not to be had in time."""


class RevisionBusyError(DatabaseError):
    """A lock was not to be had within a transaction that has done work: it is taken back and tried again whole."""

    def __init__(self, step: Step) -> None:
        """Take the step that needs the lock."""
        super().__init__(f"the lock for this was not to be had: {step.says}")
        self.step = step


class Executor:
    """Runs operations on a session."""

    def __init__(
        self,
        session: Session,
        limits: Limits | None = None,
        *,
        watch: Watch | None = None,
        journal: Journal | None = None,
        listener: Listener = ignore,
        retried: bool = False,
    ) -> None:
        """Take what it works with.

        Args:
            session: the connection.
            limits: for how long it waits.
            watch: looks around meanwhile; without it nobody in the way is named.
            journal: is written where there is one.
            listener: is told what happens.
            retried: whether who runs the revision tries it again whole on ``RevisionBusyError``.
        """
        self.session = session
        self.limits = limits or Limits()
        self.course: Course | None = None
        self._watch = watch
        self._journal = journal
        self._say = listener
        self._retried = retried
        self._random = random.Random()  # noqa: S311 - jitter, no secret

    def run(self, operation: Operation) -> None:
        """Do what of an operation is not done yet.

        Raises:
            OperationRefusedError: where it cannot be done without stopping traffic.
            StatementError: where PostgreSQL refuses a step.
            LockWaitError: where a lock was not to be had in time.
            RevisionBusyError: where the revision is to be tried again whole.
        """
        if self._watch:
            [[path]] = self.session.fetch("SELECT current_setting('search_path')")
            self._watch.follow(path)
        if self.course:
            self.course.begin_operation()
        state = self._state(operation)
        for step in operation.steps(state):
            if self._is_done(step, state):
                self._say(StepSkipped(step.says))
                continue
            self._run(step)
            state = self._state(operation)

    def run_work(self, says: str, identity: str, work: Callable[[], None]) -> None:
        """Do work of the revision's own as one step of it, in its transaction, unless an earlier try did it for good.

        Args:
            says: what it is, for people.
            identity: what tells it from other work, in the journal.
            work: raises StatementError where PostgreSQL refuses.

        Raises:
            RevisionBusyError: where the revision is to be tried again whole.
        """
        step = Step(says=says, sql=identity, done=lambda _: False)
        if self.course:
            self.course.begin_operation()
        if self._is_done(step, State(0)):
            self._say(StepSkipped(says))
            return
        self._must_hold_deployers_lock()
        self._say(StepStarted(says, identity))
        began, entry = time.monotonic(), self._begin(step)
        try:
            self._limit("SET LOCAL", max(int(self.limits.stall * 1000), 1), int(self.limits.long * 1000))
            work()
        except BaseException as error:
            self._fail(entry, error)
            if isinstance(error, StatementError) and error.is_busy and self._retried:
                raise RevisionBusyError(step) from error
            raise
        self._finish(entry, Waiting())
        self._say(StepFinished(says, time.monotonic() - began, 0.0, 1))

    def _state(self, operation: Operation) -> State:
        state, course = read_state(self.session, operation.asks), self.course
        if course is None or all(place < course.place for place, _ in course.done):
            return state
        return replace(state, resumed=True)

    def _is_done(self, step: Step, state: State) -> bool:
        """Tell whether a step is done: by the catalog, or, where that cannot tell, by the journal."""
        course = self.course
        if course is None:
            return step.is_done(state)
        course.meet(step.sql)
        return step.is_done(state) or (course.place, course.step_hash) in course.done

    def _run(self, step: Step) -> None:
        self._must_hold_deployers_lock()
        self._say(StepStarted(step.says, step.sql))
        began, waiting = time.monotonic(), Waiting()
        entry = self._begin(step)
        try:
            match step.mode:
                case Mode.OUTSIDE:
                    self._outside(step)
                case Mode.APART | Mode.TOGETHER if step.batches is not None:
                    self.session.commit()
                    run_batches(self.session, step, self.limits, self._say)
                case Mode.APART:
                    self.session.commit()
                    self._in_transaction(step, waiting)
                case Mode.TOGETHER:
                    self._in_transaction(step, waiting)
        except BaseException as error:
            self._fail(entry, error)
            raise
        self._finish(entry, waiting)
        if step.mode is not Mode.TOGETHER or step.batches is not None:
            self.session.commit()
        self._say(StepFinished(step.says, time.monotonic() - began, waiting.seconds, waiting.attempt.number + 1))

    def _begin(self, step: Step) -> Entry | None:
        course = self.course
        if self._journal is None or course is None or course.attempt is None:
            return None
        return self._journal.start_step(course.attempt, course, step.says, course.step_hash)

    def _finish(self, entry: Entry | None, waiting: Waiting) -> None:
        if entry and self._journal:
            self._journal.finish(
                self.session,
                entry,
                waited=waiting.seconds,
                tries=waiting.attempt.number + 1,
                blockers=tuple(waiting.blockers.values()),
            )

    def _fail(self, entry: Entry | None, error: BaseException) -> None:
        if entry and self._journal:
            with contextlib.suppress(DatabaseError):  # the first error is the one to tell
                self._journal.fail(entry, "retried" if isinstance(error, RevisionBusyError) else "failed")

    def _outside(self, step: Step) -> None:
        """Without ``lock_timeout``, which would end its waits for old transactions and leave an INVALID index."""
        with self.session.outside():
            if self._watch:
                old = self._watch.old_transactions([self.session.pid])
                if old:
                    self._say(OldTransactions(step.says, old))
            self._limit("SET", 0, self._budget(step))
            try:
                with self._watched(step):
                    self.session.execute(step.sql)
            except StatementError as error:
                if step.on_failure and error.sqlstate != DUPLICATE_TABLE:  # that one is somebody else's
                    self._clear(step.on_failure)
                raise
            except BaseException:
                if step.on_failure and self._watch:  # Ctrl-C: the connection is of no use any more
                    with contextlib.suppress(DatabaseError):  # the next run does it
                        self._watch.clear(self.session.pid, step.on_failure)
                raise
            with contextlib.suppress(StatementError):  # what was done is done
                self._limit("SET", 0, 0)  # not RESET: the role may have limits of its own

    def _clear(self, sql: str) -> None:
        """Leave nothing of a build that failed; what cannot be dropped now is dropped by the next run."""
        with contextlib.suppress(StatementError):
            self._limit("SET", 0, 0)
            self.session.execute(sql)

    def _in_transaction(self, step: Step, waiting: Waiting) -> None:
        """Poll for the locks, then run the step; where the transaction has done work, all of it is tried again."""
        [[has_work]] = self.session.fetch(_HAS_WORK)
        if has_work and self._retried:
            self._try_once(step, self.course.waiting.attempt if self.course else Try())
            return
        if not has_work and self.session.may_commit:
            self.session.rollback()  # a snapshot of our own reading would be held while we wait
            self._poll(step, waiting, self.session.rollback)
            return
        with self._savepoint() as take_back:
            self._poll(step, waiting, take_back, patience=self.limits.stall if has_work else None)

    def await_locks(self, locks: Sequence[TableLock], says: str, waiting: Waiting) -> None:
        """Wait until locks are to be had, in a transaction that holds nothing else, and give them back.

        Raises:
            LockWaitError: where they were not to be had in time.
        """
        ready = Step(says=says, sql="SELECT", done=lambda _: False, locks=tuple(locks))
        self._poll(ready, waiting, self.session.rollback, patience=self.limits.max_wait - waiting.seconds)
        self.session.rollback()

    def _try_once(self, step: Step, attempt: Try) -> None:
        try:
            self._attempt(step, attempt.timeout)
        except StatementError as error:
            if error.is_busy:
                raise RevisionBusyError(step) from error
            raise

    def _poll(self, step: Step, waiting: Waiting, take_back: object, *, patience: float | None = None) -> None:
        limit = self.limits.max_wait if patience is None else patience
        before = waiting.seconds
        began = last = time.monotonic()
        while True:
            try:
                self._attempt(step, waiting.attempt.timeout)
            except StatementError as error:
                if not error.is_busy:
                    raise
                take_back()  # type: ignore[operator]
                waiting.seconds = before + time.monotonic() - began
                blockers = self.wait(step.locks, waiting, step.says, time.monotonic() - last, limit)
                last = time.monotonic()
                if last - began >= limit:
                    raise LockWaitError(
                        f"the lock for this was not to be had within {waiting.seconds:.0f} s: {step.says}",
                        hint=named(blockers),
                    ) from error
            else:
                waiting.seconds = before + (time.monotonic() - began if waiting.attempt.number else 0.0)
                return

    def wait(
        self, locks: Sequence[TableLock], waiting: Waiting, says: str, took: float, limit: float
    ) -> tuple[Blocker, ...]:
        """Wait after a try that did not succeed; say who is in the way, and end them where that was asked for."""
        blockers = self._blockers(locks)
        waiting.blockers.update((blocker.pid, blocker) for blocker in blockers)
        ages = None if blockers is None or not blockers else [blocker.age or 0.0 for blocker in blockers]
        waiting.attempt = next_try(waiting.attempt, took, ages, self.limits)
        self._say(LockWaiting(says, blockers, waiting.seconds, waiting.attempt.timeout))
        terminate = ends(self.limits, waiting.seconds)
        if terminate is not None and self._watch:
            for blocker in blockers:
                self._watch.end(blocker, terminate=terminate)
                self._say(BlockerEnded(blocker, "terminated" if terminate else "cancelled"))
        self.session.sleep(min(pause(waiting.attempt, self._random), max(limit - waiting.seconds, 0.01)))
        return blockers

    def _blockers(self, locks: Sequence[TableLock]) -> tuple[Blocker, ...]:
        if self._watch is None or not locks:
            return ()
        with contextlib.suppress(DatabaseError):  # who is in the way is good to know, not needed
            return self._watch.blockers([(lock.table.sql, lock.mode) for lock in locks], [self.session.pid])
        return ()

    def _attempt(self, step: Step, timeout: float) -> None:
        """One try. With NOWAIT the statement's own locks, on what LOCK TABLE cannot name, get a millisecond."""
        before = self.session.fetch("SELECT current_setting('lock_timeout'), current_setting('statement_timeout')")
        long = step.work is Work.LONG
        self._limit("SET LOCAL", max(int(timeout * 1000), 1), self._budget(step))
        for lock in step.locks:
            only, nowait = ("ONLY " if lock.only else ""), ("" if timeout else " NOWAIT")
            self.session.execute(f"LOCK TABLE {only}{lock.table.sql} IN {lock.mode.label} MODE{nowait}")
        if long:
            self.session.execute("SET LOCAL lock_timeout = 0")
        with self._watched(step) if step.work is not Work.QUICK else contextlib.nullcontext():
            self.session.execute(step.sql)
        lock_timeout, statement_timeout = before[0]
        self.session.fetch(
            "SELECT set_config('lock_timeout', :lock, true), set_config('statement_timeout', :statement, true)",
            lock=lock_timeout,
            statement=statement_timeout,
        )

    def _limit(self, how: str, lock_timeout: int, statement_timeout: int) -> None:
        self.session.execute(f"{how} lock_timeout = {lock_timeout}")
        self.session.execute(f"{how} statement_timeout = {statement_timeout}")

    def _budget(self, step: Step) -> int:
        """What a step may take, in milliseconds."""
        return int((self.limits.quick if step.work is Work.QUICK else self.limits.long) * 1000)

    def _watched(self, step: Step) -> contextlib.AbstractContextManager[None]:
        if self._watch is None:
            return contextlib.nullcontext()
        return self._watch.watching(self.session.pid, step.says, self.limits, self._say)

    @contextlib.contextmanager
    def _savepoint(self):  # type: ignore[no-untyped-def]  # noqa: ANN202
        self.session.execute("SAVEPOINT midflight")
        yield lambda: self.session.execute("ROLLBACK TO SAVEPOINT midflight")
        self.session.execute("RELEASE SAVEPOINT midflight")

    def _must_hold_deployers_lock(self) -> None:
        if self._watch and not self._watch.is_alive:
            raise DatabaseError(
                "the connection that holds the deployer's lock is gone", hint="run the same command again: it goes on"
            )


def named(blockers: Sequence[Blocker]) -> str | None:
    """Say who is in the way, as a hint."""
    return "in the way: " + "; ".join(map(str, blockers)) if blockers else None
