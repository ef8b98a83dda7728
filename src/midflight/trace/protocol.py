"""The few messages of PostgreSQL's wire protocol that a watcher must understand.

The source is the manual, "Frontend/Backend Protocol": https://www.postgresql.org/docs/current/protocol.html
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio

CANCEL_REQUEST = 80877102
SSL_REQUEST = 80877103
GSS_ENCRYPTION_REQUEST = 80877104

Row = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """One message: its type (empty for the start-up packet, which has none) and what follows the length."""

    kind: bytes
    body: bytes

    def encode(self) -> bytes:
        """Return it as it goes over the wire."""
        return self.kind + struct.pack("!i", len(self.body) + 4) + self.body


@dataclass(frozen=True, slots=True)
class ServerError:
    """An ErrorResponse: PostgreSQL's primary message and its SQLSTATE. The detail, which may hold data, is left out."""

    message: str
    sqlstate: str


async def read_startup(reader: asyncio.StreamReader) -> Message:
    """Read the first packet of a client, which has no type."""
    (length,) = struct.unpack("!i", await reader.readexactly(4))
    return Message(b"", await reader.readexactly(length - 4))


async def read_message(reader: asyncio.StreamReader) -> Message:
    """Read one message; raises ``asyncio.IncompleteReadError`` where the other side has gone."""
    head = await reader.readexactly(5)
    (length,) = struct.unpack_from("!i", head, 1)
    return Message(head[:1], await reader.readexactly(length - 4) if length > 4 else b"")  # noqa: PLR2004 - own length


def startup_code(packet: Message) -> int:
    """Return the protocol version or request code of a client's first packet."""
    return int(struct.unpack_from("!i", packet.body)[0])


def query(sql: str) -> Message:
    """Return a simple Query."""
    return Message(b"Q", sql.encode() + b"\0")


def query_text(message: Message) -> str:
    """Return the SQL of a simple Query."""
    return message.body.rstrip(b"\0").decode(errors="replace")


def strings(body: bytes, count: int) -> list[str]:
    """Return the first ``count`` NUL-terminated strings of a message."""
    return [part.decode(errors="replace") for part in body.split(b"\0", count)[:count]]


def close_target(message: Message) -> tuple[bytes, str]:
    """Return what a Close names: ``S`` and a statement or ``P`` and a portal."""
    return message.body[:1], strings(message.body[1:], 1)[0]


def error_of(message: Message) -> ServerError:
    """Read an ErrorResponse."""
    fields = {part[:1]: part[1:].decode(errors="replace") for part in message.body.split(b"\0") if part}
    return ServerError(fields.get(b"M", "unknown error"), fields.get(b"C", "XX000"))


def row_of(message: Message) -> Row:
    """Read a DataRow whose columns are in text format."""
    body = message.body
    (count,) = struct.unpack_from("!h", body)
    offset, values = 2, list[str | None]()
    for _ in range(count):
        (length,) = struct.unpack_from("!i", body, offset)
        offset += 4
        values.append(None if length < 0 else body[offset : offset + length].decode())
        offset += max(length, 0)
    return tuple(values)


def ready(status: bytes) -> Message:
    """Return a ReadyForQuery with its transaction status: I idle, T in a transaction, E in a failed one."""
    return Message(b"Z", status)
