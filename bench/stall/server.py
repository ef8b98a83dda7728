"""A server of the bench's own: durable, and set up as one would set up a small machine for work."""

from __future__ import annotations

import subprocess
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from midflight.shadow.account import server_account
from midflight.shadow.embedded import unpack
from midflight.shadow.interrupts import stopping_as_interrupt
from midflight.shadow.own import chosen_installation
from midflight.shadow.programs import explain_failure, run_program, surroundings
from midflight.shadow.server import address_in, stop, wait_until_ready
from midflight.shadow.template import initdb_arguments
from midflight.shadow.workspace import Cache, clear_dead, default_folder, open_cache, work_folder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from midflight.pg.addresses import Address
    from midflight.shadow.choice import Installation, ShadowChoice

SETTINGS = {
    "shared_buffers": "2GB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "16GB",
    "wal_init_zero": "off",
    "checkpoint_timeout": "1h",
    "max_parallel_maintenance_workers": "0",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
}
"""What differs from PostgreSQL's defaults, for every tool alike. Everything stays durable (``fsync``,
``synchronous_commit``, ``full_page_writes``) and autovacuum is on. A checkpoint is made before each run, so none comes
by itself within one. A server that has run for a while uses its WAL segments again; this one is new, and to fill each
segment with zeros would stop every commit for 50 ms: ``wal_init_zero`` is off. On two cores a parallel index build
would take both of them and leave none to the traffic."""
_SURROUNDINGS = {"listen_addresses": "", "log_min_messages": "fatal", "timezone": "UTC"}
START_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; ``address`` is its maintenance database."""

    name: str
    major: int
    address: Address


@asynccontextmanager
async def open_server(choice: ShadowChoice) -> AsyncIterator[Server]:
    """Start a server on a data directory of its own; both are gone when the block is left."""
    cache = open_cache(default_folder(), server_account())
    clear_dead(cache)
    installation = await chosen_installation(choice, cache)
    if installation.origin == "embedded":
        await unpack(installation, cache)
    with stopping_as_interrupt(), work_folder(cache) as folder:
        await _initialize(installation, cache, folder)
        with _process(installation, cache, folder) as process:
            connection = await wait_until_ready(process, installation, address_in(folder), limit=START_SECONDS)
            await connection.close()
            yield Server(installation.name, installation.version.major, address_in(folder))


async def _initialize(installation: Installation, cache: Cache, folder: Path) -> None:
    # WAL segments of the usual size: the shadow's small ones would be switched many times a second
    options = [word for word in initdb_arguments(installation.version.major)[0] if "wal-segsize" not in word]
    arguments = surroundings(cache.account, folder, libraries=installation.libraries)
    command: list[str | Path] = [installation.programs / "initdb", "-D", folder / "data", *options]
    outcome = await run_program(command, arguments)
    if outcome.code:
        raise explain_failure(f"initdb of {installation.name}", outcome.output + outcome.errors, folder)


@contextmanager
def _process(installation: Installation, cache: Cache, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    settings = {**SETTINGS, **_SURROUNDINGS, "unix_socket_directories": str(folder)}
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [installation.programs / "postgres", "-D", folder / "data", *options],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            **surroundings(cache.account, folder, libraries=installation.libraries),
        )
    try:
        yield process
    finally:
        stop(process)  # what does not end in time is ended with its folder
