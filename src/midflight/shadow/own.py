"""A shadow on a server of our own, from this machine's PostgreSQL or from the embedded one."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from midflight.shadow.account import server_account
from midflight.shadow.choice import Installation, ShadowChoice, choose_installation
from midflight.shadow.embedded import find_embedded, unpack
from midflight.shadow.installations import find_installations
from midflight.shadow.server import child_server, prepare, wait_until_ready
from midflight.shadow.shadow import ServerFacts, Shadow
from midflight.shadow.workspace import Cache, clear_dead, open_cache, work_folder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@asynccontextmanager
async def own_shadow(choice: ShadowChoice, cache_folder: Path, *, start_limit: float) -> AsyncIterator[Shadow]:
    """Start a server in a work folder; both are gone when the block is left."""
    cache = open_cache(cache_folder, server_account())
    clear_dead(cache)
    installation = await _take_installation(choice, cache)
    with work_folder(cache) as folder:
        address = await prepare(installation, cache, folder)
        with child_server(installation, cache, folder) as process:
            connection = await wait_until_ready(process, installation, address, limit=start_limit)
            try:
                shadow = Shadow(
                    ServerFacts(installation.version, installation.origin, installation.name), address, connection
                )
                await shadow.open_first()
                yield shadow
            finally:
                connection.terminate()  # the server goes too: no farewell, nothing to wait for


async def _take_installation(choice: ShadowChoice, cache: Cache) -> Installation:
    machine = await find_installations(cache.account)
    installation = choose_installation(choice, machine, await find_embedded(cache))
    if installation.origin == "embedded":
        await unpack(installation, cache)
    return installation
