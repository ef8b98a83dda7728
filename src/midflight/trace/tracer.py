"""The way to a database along which every statement can be watched."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg

from midflight import sql
from midflight.errors import SqlSyntaxError
from midflight.trace import probes, protocol, upstream
from midflight.trace.record import Sender
from midflight.trace.recording import Recording
from midflight.trace.session import FAILED, IDLE, IN_TRANSACTION, Session

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from midflight.pg.addresses import Address

_socket_ports = itertools.count(5433)
"""Only part of a Unix socket's file name: nothing listens on a port."""


class Tracer:
    """A Unix socket in front of one database; what goes through it can be recorded."""

    def __init__(self, address: Address, folder: Path, port: int, looker: asyncpg.Connection) -> None:
        self._upstream = address
        self._looker = looker
        self._sessions: set[Session] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._recording: Recording | None = None
        self.socket = folder / f".s.PGSQL.{port}"
        self.address = replace(address, host=str(folder), port=port, sslmode=None)
        """Where any driver connects to be watched."""

    @contextlib.asynccontextmanager
    async def record(self, sender: Callable[[], Sender] = Sender) -> AsyncIterator[Recording]:
        """Record the statements that are sent until the block ends; ``sender`` tells where each comes from."""
        newest = await self._looker.fetchval(probes.NEWEST_RELATION)
        self._recording = Recording(self._looker, newest, sender)
        try:
            yield self._recording
        finally:
            self._recording = None

    def hang_up(self) -> None:
        """End every session at once; the server rolls back what they had under way."""
        for session in self._sessions:
            session.close()

    async def run(self, session: Session, text: str, pass_on: Callable[[], Awaitable[bytes]], *, simple: bool) -> bytes:
        """Run one call of a client and, while a recording is on, look at each of its statements."""
        recording = self._recording
        if recording is None or session.status == FAILED:
            return await pass_on()
        pieces = _statements(text) if simple else [text]
        parsed = [sql.parse(piece) for piece in pieces]
        if any(statement.is_transaction_control for statement in parsed):
            return await _control(recording, session, parsed, text, pass_on)
        if session.status == IN_TRANSACTION:
            return await _observed(recording, session, parsed, pass_on)
        if all(statement.can_run_in_transaction for statement in parsed):
            return await _wrapped(recording, session, parsed, pass_on)
        return await _unobserved(recording, session, text, pass_on, "it cannot run inside a transaction")

    def refused(self, session: Session, text: str) -> None:
        """Record a statement that failed when it was prepared: drivers that prepare never come to execute it."""
        recording = self._recording
        if recording is not None:
            own = session.status == IDLE
            if own:
                recording.begin(session, autocommit=True)
            begun = replace(recording.unwatched(session), sql=text)
            recording.add(session, replace(begun, error=_message(session), sqlstate=_sqlstate(session)))
            if own:
                recording.end(session)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client."""
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            startup = await protocol.read_startup(reader)
            while protocol.startup_code(startup) in {protocol.SSL_REQUEST, protocol.GSS_ENCRYPTION_REQUEST}:
                writer.write(b"N")
                startup = await protocol.read_startup(reader)
            server = await upstream.connect(self._upstream)
            session = Session((reader, writer), server, self)
            self._sessions.add(session)
            try:
                await session.relay(startup)
            finally:
                self._sessions.discard(session)
        writer.close()


@contextlib.asynccontextmanager
async def trace(address: Address, *, folder: Path | None = None) -> AsyncIterator[Tracer]:
    """Stand in front of a database until the block ends.

    Args:
        address: the database.
        folder: where the socket shall stand; by default in a private folder of its own, gone at the end.
    """
    with contextlib.ExitStack() as stack:
        place = folder or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="mf-", ignore_cleanup_errors=True))
        )
        looker: asyncpg.Connection = await asyncpg.connect(**address.asyncpg_arguments())
        stack.callback(looker.terminate)  # it has nothing to say any more, and the server may be gone
        tracer = Tracer(address, place, next(_socket_ports), looker)
        server = await asyncio.start_unix_server(tracer.serve, tracer.socket)
        stack.callback(tracer.socket.unlink, missing_ok=True)
        try:
            yield tracer
        finally:
            server.close()
            tracer.hang_up()


def _statements(text: str) -> list[str]:
    """Split a simple Query; one that the grammar refuses stays whole, for the server to refuse."""
    try:
        return [piece.text for piece in sql.split(text)] or [text]
    except SqlSyntaxError:
        return [text]


async def _control(
    recording: Recording,
    session: Session,
    parsed: list[sql.Statement],
    text: str,
    pass_on: Callable[[], Awaitable[bytes]],
) -> bytes:
    """BEGIN, COMMIT, SAVEPOINT and the like: they only move the borders of transactions."""
    if len(parsed) > 1:
        return await _unobserved(recording, session, text, pass_on, "it begins or ends transactions in the middle")
    before, status = session.status, await pass_on()
    if before == IDLE and status == IN_TRANSACTION:
        recording.begin(session)
    elif status == IDLE:
        recording.end(session)
    return status


async def _observed(
    recording: Recording,
    session: Session,
    parsed: list[sql.Statement],
    pass_on: Callable[[], Awaitable[bytes]],
) -> bytes:
    """Run statements inside a transaction, one after the other, and look after each."""
    status = session.status
    for statement in parsed:
        begun = replace(await recording.before(session), sql=statement.text)
        status = await (pass_on() if len(parsed) == 1 else session.run_simple(statement.text))
        begun = recording.timed(begun)
        if status != IN_TRANSACTION:
            recording.add(session, replace(begun, error=_message(session), sqlstate=_sqlstate(session)))
            break
        recording.add(session, await recording.observe(session, begun))
    return status


async def _wrapped(
    recording: Recording,
    session: Session,
    parsed: list[sql.Statement],
    pass_on: Callable[[], Awaitable[bytes]],
) -> bytes:
    """Run a call in autocommit inside a transaction of our own: without one its locks would be gone before we look."""
    await session.ask("BEGIN")
    recording.begin(session, autocommit=True)
    status = await _observed(recording, session, parsed, pass_on)
    if status == IN_TRANSACTION:
        await session.ask("COMMIT")
        if session.failure is not None:  # a deferred constraint speaks only now
            session.tell_client(session.failure)
    elif status == FAILED:
        failure = session.failure
        await session.ask("ROLLBACK")
        session.failure = failure
    recording.end(session)
    return IDLE


async def _unobserved(
    recording: Recording, session: Session, text: str, pass_on: Callable[[], Awaitable[bytes]], reason: str
) -> bytes:
    """Run a call at which nobody can look, and say why."""
    own = session.status == IDLE
    if own:
        recording.begin(session, autocommit=True)
    begun = replace(recording.unwatched(session), sql=text, unobserved=reason)
    status = await pass_on()
    recording.add(session, replace(recording.timed(begun), error=_message(session), sqlstate=_sqlstate(session)))
    if own or status == IDLE:
        recording.end(session)
    return status


def _message(session: Session) -> str | None:
    return session.error.message if session.error else None


def _sqlstate(session: Session) -> str | None:
    return session.error.sqlstate if session.error else None
