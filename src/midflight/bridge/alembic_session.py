"""Alembic's connection and transaction as the runner's session."""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InterfaceError, PendingRollbackError
from sqlalchemy.util import await_only

from midflight.runner.session import GONE, StatementError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alembic.runtime.migration import MigrationContext
    from sqlalchemy import Connection


DATA_EXCEPTION = "22"
"""The class of errors whose first line may hold a row's value, in quotation marks, such as ``invalid input syntax``.
https://www.postgresql.org/docs/current/errcodes-appendix.html"""
_QUOTED = re.compile('".*"')


class AlembicSession:
    """The connection of a migration context. It begins and ends transactions as ``autocommit_block`` does it."""

    def __init__(self, context: MigrationContext) -> None:
        self._context = context
        self.is_ours = False
        """Whether the statement that is being sent comes from our own operations."""
        [[self._pid]] = self.fetch("SELECT pg_backend_pid()")

    @property
    def may_commit(self) -> bool:
        """Whether Alembic has begun the transaction itself; with a connection that is in one already, it has not."""
        return self._context._transaction is not None  # noqa: SLF001 - Alembic has no other way to tell

    @property
    def pid(self) -> int:
        """The server's process."""
        return int(self._pid)

    def execute(self, sql: str) -> int:
        """Send one statement as it stands and return how many rows it has changed."""
        with self._ours(), _told():
            result = self._connection.exec_driver_sql(sql, execution_options={"no_parameters": True})
            return int(result.rowcount)

    def fetch(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401 - as the protocol has it
        """Send a query of our own and return its rows."""
        with self._ours(), _told():
            return [tuple(row) for row in self._connection.execute(text(sql), values)]

    def commit(self) -> None:
        """Commit and begin anew."""
        self._end(commit=True)

    def rollback(self) -> None:
        """Roll back and begin anew."""
        self._end(commit=False)

    @contextlib.contextmanager
    def outside(self) -> Iterator[None]:
        """Commit, run what follows in autocommit, and begin anew."""
        if not self.may_commit:
            raise StatementError(
                "this step cannot run within a transaction, and the connection that Alembic was given is in one",
                sqlstate=None,
                hint="let env.py give context.configure() a connection that is in no transaction: engine.connect(), "
                "not engine.begin()",
            )
        first: BaseException | None = None
        try:
            with _told(), self._context.autocommit_block():
                try:
                    yield
                except BaseException as error:
                    first = error
                    raise
        except Exception as error:
            if first is None or first is error:
                raise
            raise first from error  # the block's own end fails, too, where the connection is gone

    def sleep(self, seconds: float) -> None:
        """Wait; with an asynchronous driver the event loop goes on."""
        if self._connection.dialect.is_async:
            await_only(asyncio.sleep(seconds))
        else:
            time.sleep(seconds)

    @contextlib.contextmanager
    def _ours(self) -> Iterator[None]:
        self.is_ours = True
        try:
            yield
        finally:
            self.is_ours = False

    @property
    def _connection(self) -> Connection:
        connection = self._context.connection
        assert connection is not None
        return connection

    def _end(self, *, commit: bool) -> None:
        if not self.may_commit:
            if commit:
                return  # whoever began the transaction commits it, with all that is in it
            raise StatementError("the transaction in which this runs is not Alembic's to roll back", sqlstate=None)
        transaction = self._context._transaction  # noqa: SLF001 - as autocommit_block() has it
        assert transaction is not None
        with _told():
            if commit:
                transaction.commit()
            else:
                transaction.rollback()
            self._context._transaction = self._connection.begin()  # noqa: SLF001 - likewise


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Tell an error of any driver in PostgreSQL's words and with its code, never with parameters."""
    try:
        yield
    except DBAPIError as error:
        raise statement_error(error) from error
    except PendingRollbackError as error:
        raise connection_lost() from error


def connection_lost() -> StatementError:
    """Tell that there is no connection any more."""
    return StatementError("the connection to the server is gone", sqlstate=None, hint=GONE)


INSUFFICIENT_PRIVILEGE = "42501"
"""As a SQLSTATE. https://www.postgresql.org/docs/current/errcodes-appendix.html"""
NOT_ALLOWED = "migrate as a role that may do so: connect as it, or become it with --role (the setting role)"


def statement_error(error: DBAPIError) -> StatementError:
    """Put a driver's error into PostgreSQL's words."""
    cause: Any = error.orig.__cause__ or error.orig if error.orig is not None else error
    said = str(cause).strip().splitlines()
    sqlstate = getattr(error.orig, "sqlstate", None) or getattr(error.orig, "pgcode", None)
    if said and sqlstate and sqlstate.startswith(DATA_EXCEPTION):
        said[0] = _QUOTED.sub('"…"', said[0])
    gone = error.connection_invalidated or isinstance(error, InterfaceError)
    hint = NOT_ALLOWED if sqlstate == INSUFFICIENT_PRIVILEGE else None
    return StatementError(
        said[0] if said else type(cause).__name__,
        sqlstate=sqlstate,
        hint=GONE if gone else hint,
    )
