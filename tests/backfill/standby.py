"""A server with a standby, both as they are in production: WAL for replication, autovacuum switched on."""

from __future__ import annotations

import subprocess
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from midflight.shadow.account import server_account
from midflight.shadow.embedded import unpack
from midflight.shadow.own import chosen_installation
from midflight.shadow.programs import run_program, surroundings
from midflight.shadow.server import address_in, stop, wait_until_ready
from midflight.shadow.template import copy_template
from midflight.shadow.workspace import open_cache, work_folder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from midflight.pg.addresses import Address
    from midflight.shadow.choice import Installation, ShadowChoice
    from midflight.shadow.workspace import Cache

SECONDS = 60.0
SETTINGS = {
    "listen_addresses": "",
    "wal_level": "replica",
    "wal_keep_size": "256MB",
    "fsync": "off",
    "autovacuum": "on",
    "autovacuum_naptime": "1h",  # it is asked what it would do; it shall not do it
}


@dataclass(frozen=True, slots=True)
class Pair:
    """Where both are."""

    primary: Address
    standby: Address


@asynccontextmanager
async def open_pair(choice: ShadowChoice, cache_folder: Path) -> AsyncIterator[Pair]:
    """Start both on copies of one data directory, and end them."""
    cache = open_cache(cache_folder, server_account())
    installation = await chosen_installation(choice, cache)
    if installation.origin == "embedded":
        await unpack(installation, cache)
    with work_folder(cache) as folder, work_folder(cache) as beside:
        await copy_template(installation, cache, folder)
        await copy_template(installation, cache, beside)
        outcome = await run_program(["touch", beside / "data/standby.signal"], surroundings(cache.account, beside))
        assert outcome.code == 0, outcome.errors
        follow = f"host={folder} port=5432 user=postgres application_name=replica"
        with (
            _server(installation, cache, folder, {}) as first,
            _server(installation, cache, beside, {"primary_conninfo": follow}) as second,
        ):
            for place, process in ((folder, first), (beside, second)):
                ready = await wait_until_ready(process, installation, address_in(place), limit=SECONDS)
                await ready.close()
            yield Pair(address_in(folder), address_in(beside))


@contextmanager
def _server(
    installation: Installation, cache: Cache, folder: Path, more: dict[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    settings = {**SETTINGS, **more, "unix_socket_directories": str(folder)}
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
        stop(process)
