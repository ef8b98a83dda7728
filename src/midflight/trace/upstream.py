"""The connection from the watcher to the server, as libpq would make it."""

from __future__ import annotations

import asyncio
import ssl
import struct
from pathlib import Path
from typing import TYPE_CHECKING

from midflight.trace.protocol import SSL_REQUEST, Message

if TYPE_CHECKING:
    from midflight.pg.addresses import Address

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def connect(address: Address) -> Streams:
    """Connect without logging in: the client does that itself, through us.

    TLS is used where the server offers it, unless ``sslmode`` is ``disable`` (libpq's ``prefer``). The certificate is
    not verified: the connection made by asyncpg before this one has checked whatever ``sslmode`` asks for.
    """
    if address.is_socket:
        return await asyncio.open_unix_connection(Path(address.host) / f".s.PGSQL.{address.port}")
    reader, writer = await asyncio.open_connection(address.host, address.port)
    if address.sslmode != "disable":
        writer.write(Message(b"", struct.pack("!i", SSL_REQUEST)).encode())
        if await reader.readexactly(1) == b"S":
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            await writer.start_tls(context, server_hostname=address.host)
    return reader, writer
