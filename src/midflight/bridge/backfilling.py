"""What follows the registration of a backfill within its revision: the rows are changed now, where that was wanted."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
import threading
from typing import TYPE_CHECKING, Any

import asyncpg
from sqlalchemy.util import await_only

from midflight.backfill.at_once import change_by_function
from midflight.backfill.job import JobState
from midflight.backfill.pace import Pace
from midflight.backfill.trouble import said
from midflight.backfill.worker import work
from midflight.bridge.backfill_functions import function_of
from midflight.bridge.deployment import address_of
from midflight.bridge.safe_operation import executor_of
from midflight.errors import DatabaseError, MidflightError
from midflight.runner.session import StatementError
from midflight.runner.states import read_state

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from alembic.runtime.migration import MigrationContext

    from midflight.backfill.changing import BatchFunction
    from midflight.operations.backfill import RegisterBackfill
    from midflight.runner.executor import Executor

_STOP_SECONDS = 5.0
_READ = """
SELECT state, error, condition, function, disagreement, assignments::text = CAST(:assignments AS jsonb)::text
FROM midflight.backfill WHERE name = :name
"""
_ROLE = "SELECT CASE WHEN current_user <> session_user THEN current_user END"
_TRANSACTION = "the revision's transaction is not Alembic's to commit, so it cannot wait for the backfill"


def finish(
    context: MigrationContext, operation: RegisterBackfill, function: BatchFunction | str | None, *, wait: bool
) -> None:
    """Change the rows now: of a small table by its function, of a large one where the revision is to wait.

    Raises:
        MidflightError: where it has failed, or the name is that of another one.
    """
    executor = executor_of(context)
    state = _state(executor, operation)
    if function is not None and state is JobState.PENDING and _is_quick(context, executor, operation):
        _call(context, executor, operation)
        state = _state(executor, operation)
    if wait and state is not JobState.FINISHED:
        _wait(context, executor, operation)


def _state(executor: Executor, operation: RegisterBackfill) -> JobState:
    [row] = executor.session.fetch(_READ, name=operation.name, assignments=json.dumps(operation.assignments))
    state, error, *given, is_same = row
    if not is_same or given != [operation.condition, operation.function, operation.disagreement]:
        raise MidflightError(
            f"there is a backfill {operation.name} already, which does something else",
            hint="give it another name, or drop the other one first: op.drop_backfill(name)",
        )
    if state in {JobState.FAILED, JobState.CANCELLED}:
        raise DatabaseError(
            f"the backfill {operation.name} {'has failed' if state == JobState.FAILED else 'was cancelled'}"
            f"{f': {error}' if error else ''}",
            hint=f"midflight backfill status {operation.name} tells more",
        )
    return JobState(state)


def _is_quick(context: MigrationContext, executor: Executor, operation: RegisterBackfill) -> bool:
    """Whether the function can be called here and now: on asyncpg's own connection, for a small table."""
    connection = context.connection
    is_asyncpg = connection is not None and connection.dialect.driver == "asyncpg"
    return is_asyncpg and operation.is_small(read_state(executor.session, operation.asks))


def _call(context: MigrationContext, executor: Executor, operation: RegisterBackfill) -> None:
    """Call the function in the revision's own transaction."""
    connection = context.connection
    assert connection is not None
    assert operation.function is not None
    loaded = _loaded(context, operation.function)

    def run() -> None:
        raw: Any = connection.connection.driver_connection
        try:
            await_only(change_by_function(raw, operation.name, loaded))
        except asyncpg.PostgresError as error:
            raise StatementError(said(error), sqlstate=error.sqlstate) from error

    executor.run_work(f"change the rows of {operation.table_name}", operation.function, run)


def _wait(context: MigrationContext, executor: Executor, operation: RegisterBackfill) -> None:
    """Let a worker of our own do it, beside the revision's connection, which holds nothing meanwhile."""
    connection, session = context.connection, executor.session
    assert connection is not None
    if not session.may_commit:
        raise StatementError(_TRANSACTION, sqlstate=None, hint="leave out wait=True, and let workers do it")
    address = executor.address or address_of(connection)
    [[role]] = session.fetch(_ROLE)
    functions = functools.partial(_loaded, context)
    thread = _Thread(lambda stop: work(address, operation.name, functions=functions, pace=Pace(), role=role, stop=stop))
    session.commit()  # the worker must find it
    thread.start()
    try:
        executor.run_beside(f"wait for the backfill {operation.name}", lambda: not thread.is_alive())
    except BaseException:
        thread.stop()
        raise
    if thread.error is not None:
        raise thread.error
    if _state(executor, operation) is not JobState.FINISHED:
        raise DatabaseError(
            f"the backfill {operation.name} is not finished: somebody has paused it",
            hint=f"midflight backfill resume {operation.name}, and run the same command again",
        )


def _loaded(context: MigrationContext, reference: str) -> BatchFunction:
    assert context.script is not None
    return function_of(context.script, reference)


class _Thread(threading.Thread):
    """Works in a loop of its own, and keeps the error."""

    def __init__(self, start: Callable[[asyncio.Event], Coroutine[Any, Any, object]]) -> None:
        super().__init__(name="midflight-backfill", daemon=True)
        self._start_work = start
        self._loop = asyncio.new_event_loop()
        self._stop_work = asyncio.Event()
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self._loop.run_until_complete(self._start_work(self._stop_work))
        except BaseException as error:  # noqa: BLE001 - the revision raises it
            self.error = error
        finally:
            self._loop.close()

    def stop(self) -> None:
        """Stop after the current batch."""
        with contextlib.suppress(RuntimeError):  # it has just ended
            self._loop.call_soon_threadsafe(self._stop_work.set)
        self.join(_STOP_SECONDS)
