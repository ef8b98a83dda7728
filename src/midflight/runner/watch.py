"""A second connection beside the one that works, in a thread of its own: it holds the deployer's lock and looks around.

It runs in autocommit and never stays in a transaction, for which CREATE INDEX CONCURRENTLY would wait. A blocking
advisory lock would do so too, and deadlock with it: the lock is only ever polled for.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING, Any, TypeVar

import asyncpg

from midflight.errors import DatabaseError
from midflight.runner.events import Blocker, BlockerEnded, StepProgress
from midflight.runner.interrupts import Interrupts, may_listen
from midflight.runner.session import GONE
from midflight.runner.sql_files import load_sql
from midflight.sql.constants import without_constants

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable, Iterator, Sequence

    from midflight.pg.addresses import Address
    from midflight.pg.locks import LockMode
    from midflight.runner.events import Listener
    from midflight.runner.limits import Limits

T = TypeVar("T")

ANSWER_SECONDS = 30.0
"""How long the server may take for an answer from the catalog."""
STOP_SECONDS = 5.0
"""How long the end of a long step waits for the last look at it."""
LOOK_SECONDS = 0.5
"""How often a long step is looked at."""
CLEAR_SECONDS = 10.0
"""How long it may take to clear away what was interrupted."""
OLD_SECONDS = 1.0
"""A transaction that has been open for so long is named before CONCURRENTLY begins."""

_SETTINGS = {
    "statement_timeout": "30s",
    "lock_timeout": "5s",
    "idle_session_timeout": "0",
    "jit": "off",  # to compile a query of the catalog takes a thousand times as long as to run it
    # A deployer whose machine has vanished gives its lock back within about half a minute.
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "4",
}

_GONE = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What asyncpg raises where a server refuses or goes away; the last one in the middle of a query that is cancelled."""


_TREE = """
WITH RECURSIVE tree (oid) AS (
    SELECT to_regclass($1)::oid
    UNION SELECT inhrelid FROM pg_inherits JOIN tree ON inhparent = tree.oid
) SELECT oid FROM tree WHERE oid IS NOT NULL
"""
"""A table and its partitions. pg_partition_tree() would wait for a lock itself."""
_BLOCKERS, _BLOCKING, _OLD, _PROGRESS, _DEPLOYER = map(
    load_sql, ("blockers", "blocking", "old_transactions", "progress", "deployer")
)


class Watch:
    """Answers questions about a database while another connection works there. Any thread may call its methods."""

    def __init__(self, address: Address, application: str) -> None:
        """Connect.

        Args:
            address: the database.
            application: the session's ``application_name``.

        Raises:
            DatabaseError: where there is no connection to be had.
        """
        self._address = address
        self._application = application
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="midflight-watch", daemon=True)
        self._thread.start()
        self._busy: asyncio.Lock | None = None
        self._search_path: str | None = None
        self._interrupts: Interrupts | None = None
        self._cancelling: asyncio.Task[Any] | None = None  # the loop itself would forget it
        try:
            self._connection = self._call(self._connect())
        except BaseException:
            self._stop()
            raise

    def cancel_on_interrupt(self, pid: int) -> None:
        """Let Ctrl-C cancel what a session does; for a driver that hears of it only when the statement has ended."""
        if may_listen() and self._interrupts is None:
            self._interrupts = Interrupts(self._loop, lambda: self._cancel(pid))

    def _cancel(self, pid: int) -> None:
        self._cancelling = self._loop.create_task(self._fetch("SELECT pg_cancel_backend($1)", pid))

    def close(self) -> None:
        """Close the connection, which gives the deployer's lock back."""
        if self._interrupts:
            self._interrupts.close()
        with contextlib.suppress(Exception):  # it may be broken already
            self._call(self._connection.close(timeout=2))
        self._stop()

    @property
    def address(self) -> Address:
        """The database."""
        return self._address

    @property
    def is_alive(self) -> bool:
        """Whether the connection is still there, and with it the deployer's lock."""
        return not self._connection.is_closed()

    @property
    def pid(self) -> int:
        """The server's process of this connection."""
        pid: int = self._connection.get_server_pid()
        return pid

    def try_lock(self, key: tuple[int, int]) -> bool:
        """Take an advisory lock, if nobody has it."""
        return bool(self.fetch("SELECT pg_try_advisory_lock($1, $2)", *key)[0][0])

    def holder(self, key: tuple[int, int]) -> Blocker | None:
        """Return who has an advisory lock."""
        return next(iter(_blockers(self.fetch(_DEPLOYER, *key))), None)

    def blockers(self, tables: Iterable[tuple[str, LockMode]], ours: Sequence[int]) -> tuple[Blocker, ...]:
        """Return who has locks that conflict with those that we want.

        Args:
            tables: each a name as SQL, and the mode that we want.
            ours: pids that are left out.
        """
        found: dict[int, Blocker] = {}
        for table, mode in tables:
            modes = [other.catalog_name for other in type(mode) if mode.conflicts_with(other)]
            oids = [row[0] for row in self.fetch(_TREE, table)]
            for blocker in _blockers(self.fetch(_BLOCKERS, oids, modes, [*ours, self.pid])):
                found[blocker.pid] = blocker
        return tuple(found.values())

    def blocking(self, pid: int) -> tuple[Blocker, ...]:
        """Return for whom a session waits."""
        return _blockers(self.fetch(_BLOCKING, pid))

    def old_transactions(self, ours: Sequence[int]) -> tuple[Blocker, ...]:
        """Return the transactions for which CONCURRENTLY will wait, if they do not end soon."""
        return _blockers(self.fetch(_OLD, [*ours, self.pid], OLD_SECONDS))

    def fetch(self, query: str, *values: Any) -> list[asyncpg.Record]:  # noqa: ANN401 - as asyncpg has it
        """Send a query of our own.

        Raises:
            DatabaseError: where the server does not answer it.
        """
        return self._call(self._fetch(query, *values))

    def follow(self, search_path: str) -> None:
        """Take names as the connection that works does."""
        if search_path != self._search_path:
            self.fetch("SELECT set_config('search_path', $1, false)", search_path)
            self._search_path = search_path

    def clear(self, pid: int, sql: str) -> None:
        """After an interrupt: end the session that has worked, and then take away what it left half done.

        Raises:
            DatabaseError: where that takes too long; the next run does it.
        """
        self.fetch("SELECT pg_terminate_backend($1, $2)", pid, int(CLEAR_SECONDS * 1000))
        self.fetch("SET lock_timeout = 0")
        self.fetch(f"SET statement_timeout = {int(CLEAR_SECONDS * 1000)}")
        self.fetch(sql)

    @contextlib.contextmanager
    def watching(self, pid: int, says: str, limits: Limits, listener: Listener) -> Iterator[None]:
        """While a long step keeps its own connection busy: tell how far it has got and for whom it waits."""
        # Told to stop, never cancelled: PostgreSQL may apply the cancellation of a query to the one that follows it.
        stop = asyncio.Event()
        task = asyncio.run_coroutine_threadsafe(self._look(stop, pid, says, limits, listener), self._loop)
        try:
            yield
        finally:
            self._loop.call_soon_threadsafe(stop.set)
            with contextlib.suppress(Exception):  # the step itself has told what there is to tell
                task.result(STOP_SECONDS)

    def end(self, blocker: Blocker, *, terminate: bool) -> None:
        """Cancel a session's statement, or end the session; one that is gone, or not ours to end, is left."""
        function = "pg_terminate_backend" if terminate else "pg_cancel_backend"
        with contextlib.suppress(DatabaseError):  # no right to: the waiting goes on, as it would without
            self.fetch(f"SELECT {function}($1)", blocker.pid)

    async def _look(self, stop: asyncio.Event, pid: int, says: str, limits: Limits, listener: Listener) -> None:
        waited = 0.0
        while not await _is_set_within(stop, LOOK_SECONDS):
            with contextlib.suppress(DatabaseError):  # the step itself will tell, if the server is gone
                blockers = _blockers(await self._fetch(_BLOCKING, pid))
                rows = await self._fetch(_PROGRESS, pid)
                if stop.is_set():
                    return
                phase, done, total = rows[0] if rows else ("", 0, 0)
                if rows or blockers:
                    listener(StepProgress(says, phase, done, total, blockers))
                waited = waited + LOOK_SECONDS if blockers else 0.0
                for blocker in blockers:
                    terminate = ends(limits, waited)
                    if terminate is not None:
                        function = "pg_terminate_backend" if terminate else "pg_cancel_backend"
                        await self._fetch(f"SELECT {function}($1)", blocker.pid)
                        listener(BlockerEnded(blocker, "terminated" if terminate else "cancelled"))

    async def _connect(self) -> asyncpg.Connection:
        self._busy = asyncio.Lock()
        settings = {**_SETTINGS, "application_name": self._application}
        try:
            return await asyncpg.connect(
                **self._address.asyncpg_arguments(), timeout=10, statement_cache_size=0, server_settings=settings
            )
        except TimeoutError as error:
            raise DatabaseError(f"{self._address}: it did not answer within 10 s") from error
        except _GONE as error:
            reason = error.strerror if isinstance(error, OSError) else None
            raise DatabaseError(f"{self._address}: {reason or error}") from error

    async def _fetch(self, query: str, *values: Any) -> list[asyncpg.Record]:  # noqa: ANN401 - as asyncpg has it
        assert self._busy is not None
        try:
            async with self._busy:
                return await self._connection.fetch(query, *values)
        except _GONE as error:
            hint = GONE if self._connection.is_closed() else None
            said = (str(error).splitlines() or [type(error).__name__])[0]  # without PostgreSQL's DETAIL
            raise DatabaseError(f"{self._address}: {said}", hint=hint) from error

    def _call(self, work: Coroutine[Any, Any, T]) -> T:
        try:
            return asyncio.run_coroutine_threadsafe(work, self._loop).result(ANSWER_SECONDS)
        except TimeoutError as error:
            raise DatabaseError(f"{self._address}: it did not answer within {ANSWER_SECONDS:.0f} s") from error

    def _stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(ANSWER_SECONDS)
        if not self._thread.is_alive():
            self._loop.close()


async def _is_set_within(event: asyncio.Event, seconds: float) -> bool:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
    return event.is_set()


def ends(limits: Limits, waited: float) -> bool | None:
    """Tell whether a blocker is to be terminated (True), cancelled (False), or left alone (None) after a while."""
    if limits.terminate_blockers_after is not None and waited >= limits.terminate_blockers_after:
        return True
    if limits.cancel_blockers_after is not None and waited >= limits.cancel_blockers_after:
        return False
    return None


def _blockers(rows: Iterable[Any]) -> tuple[Blocker, ...]:
    return tuple(
        Blocker(pid, user, application or None, state, age, without_constants(query) if query else None)
        for pid, user, application, state, age, query in rows
    )
