"""A server of our own: a child process on a private socket, gone when its block is left."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg

from midflight.pg.addresses import DEFAULT_PORT, Address
from midflight.shadow.orphans import PATIENCE_SECONDS
from midflight.shadow.programs import explain_failure, surroundings
from midflight.shadow.workspace import Cache, explained

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.shadow.choice import Installation
    from midflight.shadow.databases import Connection

POLL_SECONDS = 0.01
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "50",
    "shared_buffers": "32MB",
    "max_locks_per_transaction": "512",  # a history of a thousand tables in one transaction
    "max_prepared_transactions": "4",
    "fsync": "off",  # nothing here is worth keeping
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "1GB",
    "autovacuum": "off",  # its locks and scans would be taken for the revision's
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "fatal",  # a statement that fails is the report's business; it may hold data
    "log_min_error_statement": "panic",
}
"""https://www.postgresql.org/docs/current/non-durability.html, and what keeps the trace free of noise."""


def address_in(folder: Path) -> Address:
    """Return the address that the server of a work folder has."""
    return Address(host=str(folder), port=DEFAULT_PORT, user="postgres", database="postgres")


@contextmanager
def child_server(installation: Installation, cache: Cache, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start ``postgres`` on the work folder's data directory; end it by an immediate shutdown, synchronously."""
    settings = {**SETTINGS, "unix_socket_directories": str(folder)}
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    arguments = surroundings(cache.account, folder, libraries=installation.libraries)
    with explained(folder), (folder / "log").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - the program of an installation found by us
            [installation.programs / "postgres", "-D", folder / "data", *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            **arguments,
        )
    try:
        yield process
    finally:
        _end(process)


async def wait_until_ready(
    process: subprocess.Popen[bytes], installation: Installation, address: Address, *, limit: float
) -> Connection:
    """Connect as soon as the server lets in, within ``limit`` seconds.

    Raises:
        ShadowError: where it dies or takes too long; with the last lines of its log.
    """
    give_up = time.monotonic() + limit
    while True:
        try:
            return await asyncpg.connect(**address.asyncpg_arguments(), timeout=limit)
        except (OSError, asyncpg.CannotConnectNowError, asyncpg.ConnectionDoesNotExistError):
            ended = process.poll() is not None
            if ended or time.monotonic() > give_up:
                log = (Path(address.host) / "log").read_text(errors="replace")
                raise explain_failure(f"starting {installation.name}", log, Path(address.host)) from None
        await asyncio.sleep(POLL_SECONDS)


def stop(process: subprocess.Popen[bytes]) -> bool:
    """Let the server write all down and end (SIGINT, a fast shutdown); tell whether its data directory is whole."""
    process.send_signal(signal.SIGINT)
    try:
        return process.wait(PATIENCE_SECONDS) == 0
    except subprocess.TimeoutExpired:
        return False


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask for an immediate shutdown (SIGQUIT); a server that does not answer is killed."""
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGQUIT)
    try:
        process.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
