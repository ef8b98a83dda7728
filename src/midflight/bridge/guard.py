"""Watches the statements that a revision sends by itself, past our operations: they get time limits, too."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from sqlalchemy import event

from midflight import sql
from midflight.operations.step import TableLock
from midflight.runner.limits import ROW_WAIT_MILLISECONDS
from midflight.sql.changes import TableChange

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from midflight.bridge.alembic_session import AlembicSession
    from midflight.runner.course import Course
    from midflight.runner.executor import Executor

_OF_ROWS = ("INSERT", "UPDATE", "DELETE", "MERGE", "COPY")
_HARMLESS = ("SELECT", "SHOW", "SET", "RESET", "SAVEPOINT", "RELEASE", "ROLLBACK")


class Guard:
    """Listens on one connection."""

    def __init__(self, connection: Connection, executor: Executor) -> None:
        """Take the connection and what runs our own operations on it."""
        self._executor = executor
        self._course: Course | None = None
        self._timeout: int | None = None
        """The ``lock_timeout`` that the transaction has got, in milliseconds."""
        self._has_work = False
        self.has_committed = False
        """Whether work that did not come from our operations is committed, so that the revision cannot be run again."""
        self._last = ""
        self._connection = connection
        self._listeners = (
            ("before_cursor_execute", self._before),
            ("commit", self._committed),
            ("rollback", self._rolled_back),
        )
        for name, listener in self._listeners:
            event.listen(connection, name, listener)

    def leave(self) -> None:
        """Listen no more."""
        for name, listener in self._listeners:
            event.remove(self._connection, name, listener)

    @contextlib.contextmanager
    def watching(self, course: Course) -> Iterator[None]:
        """Watch while a revision runs."""
        self._course, self._timeout, self._has_work, self.has_committed = course, None, False, False
        try:
            yield
        finally:
            self._course = None

    @property
    def says(self) -> str:
        """The kind of the last statement, for people."""
        return sql.parse(self._last).kind or "a statement of the revision's own"

    @property
    def locks(self) -> tuple[TableLock, ...]:
        """The tables that the last statement changes."""
        changes = [change for change in sql.parse(self._last).changes if isinstance(change, TableChange)]
        return tuple(dict.fromkeys(TableLock(change.table) for change in changes))

    @property
    def _session(self) -> AlembicSession:
        return self._executor.session  # type: ignore[return-value]  # the bridge gives it no other

    def _before(self, connection: Connection, cursor: Any, statement: str, *_: Any) -> None:  # noqa: ANN401 - SQLAlchemy's
        if self._course is None or self._session.is_ours:
            return
        self._last = statement
        if not statement.lstrip().upper().startswith(_HARMLESS):
            self._has_work = True
        if connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT":
            return
        shortest = ROW_WAIT_MILLISECONDS if _only_rows(statement) else 1
        timeout = max(int(self._course.waiting.attempt.timeout * 1000), shortest)
        if self._timeout is None:
            cursor.execute(f"SET LOCAL statement_timeout = {int(self._executor.limits.long * 1000)}")
        if timeout != self._timeout:
            cursor.execute(f"SET LOCAL lock_timeout = {timeout}")
        self._timeout = timeout

    def _committed(self, _: Connection) -> None:
        self.has_committed = self.has_committed or (self._has_work and self._course is not None)
        self._timeout, self._has_work = None, False

    def _rolled_back(self, _: Connection) -> None:
        self._timeout, self._has_work = None, False


def _only_rows(statement: str) -> bool:
    """Tell whether a statement locks rows alone: while it waits for one, nobody queues up behind it for the table."""
    return statement.lstrip().upper().startswith(_OF_ROWS)
