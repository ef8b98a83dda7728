"""One client's connection through the watcher: messages pass unchanged, and a statement can be looked at in between.

The client is any driver; it notices nothing. Statements are told apart at the protocol's own boundaries, so that SQL
from operations, sessions, raw cursors and other programs is seen alike.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any, Protocol

from midflight.trace import protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from midflight.trace.protocol import Message, Row, ServerError

IDLE, IN_TRANSACTION, FAILED = b"I", b"T", b"E"


class Watcher(Protocol):
    """Who looks at the statements of a session."""

    async def run(self, session: Session, sql: str, pass_on: Callable[[], Awaitable[bytes]], *, simple: bool) -> bytes:
        """Run one call of the client, by ``pass_on`` or otherwise, and return the transaction status after it."""

    def refused(self, session: Session, sql: str) -> None:
        """Take note of a statement that the server would not even prepare; ``session.error`` says why."""


class Session:
    """Relays one client's messages to the server and back, and lets a watcher stand around each call."""

    def __init__(
        self,
        client: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        server: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        watcher: Watcher,
    ) -> None:
        self._client_reader, self._client_writer = client
        self._server_reader, self._server_writer = server
        self._watcher = watcher
        self._prepared: dict[str, str] = {}
        self._portals: dict[str, str] = {}
        self._executing: list[str] = []
        self._parsed: str | None = None
        """The SQL that was last to be prepared, since the last call ended."""
        self._flushed = False
        """Whether some of the call at hand was sent ahead of its end, so that an answer may be there already."""
        self._collected: list[Row] | None = None
        self._answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._copying = asyncio.Event()
        self._reading: asyncio.Task[Message] | None = None
        self.status = IDLE
        self.failure: Message | None = None
        """The ErrorResponse of the last call, if it failed."""

    async def relay(self, startup: Message) -> None:
        """Serve the client until it or the server goes away."""
        await self._send(startup)
        answers = asyncio.create_task(self._relay_answers())
        calls = asyncio.create_task(self._relay_calls())
        try:
            await asyncio.wait({answers, calls}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (answers, calls, self._reading):
                if task is not None:
                    task.cancel()
            ended = await asyncio.gather(answers, calls, return_exceptions=True)
            self.close()
        for outcome in ended:
            if isinstance(outcome, Exception) and not isinstance(
                outcome, ConnectionError | asyncio.IncompleteReadError
            ):
                raise outcome

    def close(self) -> None:
        """Hang up on both sides."""
        for writer in (self._client_writer, self._server_writer):
            with contextlib.suppress(RuntimeError):  # the loop may be closed already
                writer.close()

    async def ask(self, sql: str) -> list[Row]:
        """Run SQL of our own on the client's connection, unseen by the client; ``failure`` tells whether it worked."""
        rows: list[Row] = []
        self._collected = rows
        self.failure = None
        await self._send(protocol.query(sql))
        self.status = await self._next_answer()
        self._collected = None
        return rows

    async def run_simple(self, sql: str) -> bytes:
        """Run SQL as the client's own simple Query: its results go to the client, the end of it does not."""
        return await self._pass_on([protocol.query(sql)])

    @property
    def error(self) -> ServerError | None:
        """What PostgreSQL said of the last call, if it failed."""
        return protocol.error_of(self.failure) if self.failure else None

    def tell_client(self, message: Message) -> None:
        """Give the client a message that it would not have seen."""
        self._client_writer.write(message.encode())

    async def _send(self, *messages: Message) -> None:
        self._server_writer.write(b"".join(message.encode() for message in messages))
        await self._server_writer.drain()

    async def _next_answer(self) -> bytes:
        status = await self._answer
        self._answer = asyncio.get_running_loop().create_future()
        return status

    async def _relay_answers(self) -> None:
        """Hand the server's messages to whom they belong."""
        started = False
        while True:
            message = await protocol.read_message(self._server_reader)
            if message.kind == b"E":
                self.failure = message
            if message.kind == b"Z" and started:
                self._answer.set_result(message.body)
            elif self._collected is None or message.kind in b"ANS":
                started = started or message.kind == b"Z"
                await self._to_client(message)
            elif message.kind == b"D":
                self._collected.append(protocol.row_of(message))

    async def _to_client(self, message: Message) -> None:
        self._client_writer.write(message.encode())
        if message.kind in b"GW":
            self._copying.set()
        if message.kind in b"ZGWEd" or self._client_writer.transport.get_write_buffer_size() > 1 << 16:
            await self._client_writer.drain()

    async def _client_message(self) -> Message:
        """Read one message of the client; a read begun while COPY data was awaited is finished here."""
        message = await self._read_on()
        self._reading = None
        return message

    def _read_on(self) -> asyncio.Task[Message]:
        if self._reading is None:
            self._reading = asyncio.create_task(protocol.read_message(self._client_reader))
        return self._reading

    async def _relay_calls(self) -> None:
        """Hand the client's messages to the server, call by call."""
        call: list[Message] = []
        while True:
            message = await self._client_message()
            if message.kind in b"Xpdcf":  # farewell, a password before any call, late COPY data after its failure
                await self._send(message)
                if message.kind == b"X":
                    return
                continue
            self._note(message)
            call.append(message)
            if message.kind in b"QSF":
                await self._run(call)
                call = []
            elif message.kind == b"H":
                self.failure, self._flushed = None, True
                await self._send(*call)
                call = []

    async def _run(self, call: list[Message]) -> None:
        """Run one call under the watcher's eyes, then tell the client that it has ended."""
        executed, self._executing = self._executing, []
        if executed:
            self._parsed, self._flushed = None, False
            simple = call[-1].kind == b"Q"
            self.status = await self._watcher.run(self, executed[0], lambda: self._pass_on(call), simple=simple)
        else:
            await self._prepare(call)
        await self._to_client(protocol.ready(self.status))

    async def _prepare(self, call: list[Message]) -> None:
        """Run a call that executes nothing; tell the watcher where the server refused to prepare what it names."""
        before, flushed = self.status, self.failure if self._flushed else None
        parsed, self._parsed, self._flushed = self._parsed, None, False
        self.status = await self._pass_on(call)
        self.failure = self.failure or flushed
        if parsed is not None and self.failure is not None and before != FAILED:
            self._watcher.refused(self, parsed)

    async def _pass_on(self, call: list[Message]) -> bytes:
        """Send one call as it is and wait for its end; where the server asks for COPY data, let the client send it."""
        self._copying.clear()
        self.failure = None
        await self._send(*call)
        answer = asyncio.ensure_future(self._next_answer())
        copying = asyncio.create_task(self._copying.wait())
        try:
            await asyncio.wait({answer, copying}, return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                await self._relay_copy(answer)
            self.status = await answer
        finally:
            copying.cancel()
            answer.cancel()
        return self.status

    async def _relay_copy(self, answer: asyncio.Future[bytes]) -> None:
        """Pass on what the client sends until the server has ended the call: it is COPY data and its end."""
        while not answer.done():
            reading = self._read_on()
            both: set[asyncio.Future[Any]] = {answer, reading}
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            if reading.done():
                await self._send(await self._client_message())

    def _note(self, message: Message) -> None:
        """Follow which SQL stands behind which prepared statement and portal, and what is being executed."""
        match message.kind:
            case b"Q":
                self._executing.append(protocol.query_text(message))
            case b"P":
                name, sql = protocol.strings(message.body, 2)
                self._prepared[name] = sql
                self._parsed = sql
            case b"B":
                portal, name = protocol.strings(message.body, 2)
                self._portals[portal] = self._prepared.get(name, "")
            case b"E":
                self._executing.append(self._portals.get(protocol.strings(message.body, 1)[0], ""))
            case b"C" if protocol.close_target(message)[0] == b"S":
                self._prepared.pop(protocol.close_target(message)[1], None)
