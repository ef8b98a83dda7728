"""Executes steps on one connection: polls for locks, limits times, skips what is done, leaves nothing half done."""

from __future__ import annotations

import contextlib
import random
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from midflight.errors import DatabaseError
from midflight.operations.state import State
from midflight.operations.step import Mode, Step, TableLock, Work
from midflight.pg.locks import LockMode
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
from midflight.runner.limits import ROW_WAIT_MILLISECONDS, Limits
from midflight.runner.session import DUPLICATE_TABLE, StatementError
from midflight.runner.states import read_state
from midflight.runner.watch import ends

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from midflight.operations.operation import Operation
    from midflight.pg.addresses import Address
    from midflight.runner.events import Blocker, Listener
    from midflight.runner.journal import Entry, Journal
    from midflight.runner.session import Session
    from midflight.runner.watch import Watch

READ_MILLISECONDS = 1000
"""How long the reading of the catalog waits at once; nobody but who wants a table for himself waits behind it."""
LOOK_SECONDS = 0.1
"""How often it is looked whether work beside us has ended."""
_HAS_WORK = "SELECT pg_current_xact_id_if_assigned() IS NOT NULL"
_BEFORE_READING = "SELECT pg_current_xact_id_if_assigned() IS NOT NULL, current_setting('lock_timeout')"
_FOLLOW = "SELECT set_config('search_path', :path, true)"
_SET_PATH = "SELECT set_config('search_path', :path, false) WHERE current_setting('search_path') <> :path"
_BEFORE_TRY = """
SELECT current_setting('lock_timeout'), current_setting('statement_timeout'),
    set_config('search_path', coalesce(nullif(:path, ''), current_setting('search_path')), true)
"""


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
        self._path = ""
        """The search path as the revision has set it, with SET LOCAL maybe: each transaction of a step gets it."""
        self._random = random.Random()  # noqa: S311 - jitter, no secret

    @property
    def address(self) -> Address | None:
        """The database, where a watch knows it."""
        return self._watch.address if self._watch else None

    def run(self, operation: Operation) -> None:
        """Do what of an operation is not done yet.

        Raises:
            OperationRefusedError: where it cannot be done without stopping traffic.
            StatementError: where PostgreSQL refuses a step.
            LockWaitError: where a lock was not to be had in time.
            RevisionBusyError: where the revision is to be tried again whole.
        """
        [[self._path]] = self.session.fetch("SELECT current_setting('search_path')")
        if self._watch:
            self._watch.follow(self._path)
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
            with self._limits_lifted_after():
                self._limit("SET LOCAL", max(int(self.limits.stall * 1000), 1), int(self.limits.long * 1000))
                work()
        except BaseException as error:
            self._fail(entry, error)
            if isinstance(error, StatementError) and error.is_busy and self._retried:
                raise RevisionBusyError(step) from error
            raise
        self._finish(entry, Waiting())
        self._say(StepFinished(says, time.monotonic() - began, 0.0, 1))

    def run_beside(self, says: str, is_over: Callable[[], bool]) -> None:
        """Wait for work on another connection, which knows by itself what is done; ours holds nothing meanwhile.

        Args:
            says: what it is, for people.
            is_over: whether it has ended, well or not.
        """
        self._must_hold_deployers_lock()
        self._say(StepStarted(says, ""))
        began = time.monotonic()
        self.session.commit()
        while not is_over():
            self.session.sleep(LOOK_SECONDS)
        self.session.fetch(_FOLLOW, path=self._path)
        self._say(StepFinished(says, time.monotonic() - began, 0.0, 1))

    def _state(self, operation: Operation) -> State:
        state, course = self._read(operation), self.course
        if course is None or all(place < course.place for place, _ in course.done):
            return state
        return replace(state, resumed=True)

    def _read(self, operation: Operation) -> State:
        """Read the catalog, which waits where a table is locked against everything: not silently, and not for ever."""
        [[has_work, before]] = self.session.fetch(_BEFORE_READING)
        is_ours = self.session.may_commit and not has_work
        if not is_ours and not self._retried:
            return read_state(self.session, operation.asks)
        waiting, began = Waiting(), time.monotonic()
        locks = tuple(TableLock(table, LockMode.ACCESS_SHARE) for table in operation.asks.relations)
        reading = Step(f"read the catalog of {', '.join(map(str, operation.asks.relations))}", "", lambda _: False)
        while True:
            try:
                self.session.execute(f"SET LOCAL lock_timeout = {READ_MILLISECONDS}")
                state = read_state(self.session, operation.asks)
            except StatementError as error:
                if not error.is_busy:
                    raise
                if not is_ours:
                    raise RevisionBusyError(reading) from error
                self.session.rollback()
                waiting.seconds = time.monotonic() - began
                blockers = self.wait(locks, waiting, reading.says, 0.0, self.limits.max_wait)
                if time.monotonic() - began >= self.limits.max_wait:
                    raise _not_in_time(reading.says, waiting.seconds, blockers) from error
                self.session.fetch(_FOLLOW, path=self._path)
            else:
                self.session.fetch("SELECT set_config('lock_timeout', :before, true)", before=before)
                return state

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
                    self.session.fetch(_FOLLOW, path=self._path)
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
            self.session.fetch(_FOLLOW, path=self._path)
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
            [[path]] = self.session.fetch("SELECT current_setting('search_path')")
            self.session.fetch(_SET_PATH, path=self._path)
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
                self.session.fetch(_SET_PATH, path=path)

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
            # A snapshot of our own reading would be held while we wait. No rollback: it takes back what was SET, too.
            self.session.commit()
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
        self._path = ""
        # A name may mean something else where the revision has set a search path: then it is just tried again.
        with contextlib.suppress(StatementError):
            self._poll(ready, waiting, self.session.rollback, patience=self.limits.max_wait - waiting.seconds)
        self.session.rollback()

    def _try_once(self, step: Step, attempt: Try) -> None:
        try:
            self._attempt(step, attempt.timeout)
        except StatementError as error:
            if error.is_busy:
                raise RevisionBusyError(step) from error
            raise

    def _poll(
        self, step: Step, waiting: Waiting, take_back: Callable[[], object], *, patience: float | None = None
    ) -> None:
        limit = self.limits.max_wait if patience is None else patience
        before = waiting.seconds
        began = last = time.monotonic()
        while True:
            try:
                self._attempt(step, waiting.attempt.timeout)
            except StatementError as error:
                if not error.is_busy:
                    raise
                take_back()
                took, last = time.monotonic() - last, time.monotonic()  # with the pause before it
                waiting.seconds = before + last - began
                blockers = self.wait(step.locks, waiting, step.says, took, limit)
                if time.monotonic() - began >= limit:
                    raise _not_in_time(step.says, waiting.seconds, blockers) from error
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
        long = step.work is Work.LONG
        with self._limits_lifted_after():
            self._limit("SET LOCAL", max(int(timeout * 1000), 1), self._budget(step))
            for lock in step.locks:
                only, nowait = ("ONLY " if lock.only else ""), ("" if timeout else " NOWAIT")
                self.session.execute(f"LOCK TABLE {only}{lock.table.sql} IN {lock.mode.label} MODE{nowait}")
            if long or step.work is Work.ROWS:
                wait = 0 if long else max(int(timeout * 1000), ROW_WAIT_MILLISECONDS)
                self.session.execute(f"SET LOCAL lock_timeout = {wait}")
            with self._watched(step) if step.work is not Work.QUICK else contextlib.nullcontext():
                self.session.execute(step.sql)

    @contextlib.contextmanager
    def _limits_lifted_after(self) -> Iterator[None]:
        """Give what follows in the transaction the limits from before; after an error that is rolled back anyway."""
        [[lock_timeout, statement_timeout, _]] = self.session.fetch(_BEFORE_TRY, path=self._path)
        yield
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
    def _savepoint(self) -> Iterator[Callable[[], object]]:
        self.session.execute("SAVEPOINT midflight")
        yield lambda: self.session.execute("ROLLBACK TO SAVEPOINT midflight")
        self.session.execute("RELEASE SAVEPOINT midflight")

    def _must_hold_deployers_lock(self) -> None:
        if self._watch and not self._watch.is_alive:
            raise DatabaseError(
                "the connection that holds the deployer's lock is gone", hint="run the same command again: it goes on"
            )


def _not_in_time(says: str, waited: float, blockers: Sequence[Blocker]) -> LockWaitError:
    return LockWaitError(f"the lock for this was not to be had within {waited:.0f} s: {says}", hint=named(blockers))


def named(blockers: Sequence[Blocker]) -> str | None:
    """Say who is in the way, as a hint."""
    return "in the way: " + "; ".join(map(str, blockers)) if blockers else None
