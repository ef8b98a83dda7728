"""The connection on which steps run, as the runner needs it; the bridge gives one that is Alembic's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from midflight.errors import DatabaseError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

LOCK_NOT_AVAILABLE = "55P03"
DEADLOCK_DETECTED = "40P01"
SERIALIZATION_FAILURE = "40001"
QUERY_CANCELED = "57014"
DUPLICATE_TABLE = "42P07"
"""Of an index, too: a relation of that name is there."""
BUSY = frozenset({LOCK_NOT_AVAILABLE, DEADLOCK_DETECTED, SERIALIZATION_FAILURE})
"""SQLSTATEs of what may succeed when it is tried again. https://www.postgresql.org/docs/current/errcodes-appendix.html"""


class StatementError(DatabaseError):
    """PostgreSQL refused a statement."""

    def __init__(self, message: str, *, sqlstate: str | None, hint: str | None = None) -> None:
        """Take PostgreSQL's words and its code."""
        super().__init__(message, hint=hint)
        self.sqlstate = sqlstate

    @property
    def is_busy(self) -> bool:
        """Whether it may succeed when it is tried again."""
        return self.sqlstate in BUSY


class Session(Protocol):
    """One connection: in a transaction, but where ``outside`` is entered."""

    @property
    def may_commit(self) -> bool:
        """Whether the transaction is ours to commit; False where somebody else began it around Alembic."""

    @property
    def pid(self) -> int:
        """The server's process, as ``pg_stat_activity.pid``."""

    def execute(self, sql: str) -> int:
        """Send one statement as it stands, without parameters and escapes; return how many rows it has changed.

        Raises:
            StatementError: where PostgreSQL refuses it.
        """

    def fetch(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401 - what a driver takes and gives
        """Send a query of our own, with ``:name`` for its values, and return its rows.

        Raises:
            StatementError: where PostgreSQL refuses it.
        """

    def commit(self) -> None:
        """Commit what was done and begin the next transaction."""

    def rollback(self) -> None:
        """Take back what was done and begin the next transaction."""

    def outside(self) -> AbstractContextManager[None]:
        """Commit, and run what follows outside of any transaction; the next one begins at the end."""

    def sleep(self, seconds: float) -> None:
        """Wait; a connection on an event loop lets that go on."""
