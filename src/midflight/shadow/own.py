"""A shadow on a server of our own, from this machine's PostgreSQL or from the embedded one."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from midflight.shadow.account import server_account
from midflight.shadow.choice import Installation, ShadowChoice, choose_installation
from midflight.shadow.embedded import find_embedded, unpack
from midflight.shadow.installations import find_installations
from midflight.shadow.server import address_in, child_server, stop, wait_until_ready
from midflight.shadow.shadow import ServerFacts, Shadow
from midflight.shadow.template import copy_kept, copy_template
from midflight.shadow.workspace import Cache, clear_dead, open_cache, work_folder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@asynccontextmanager
async def own_shadow(
    choice: ShadowChoice, cache_folder: Path, *, start_limit: float, kept: Path | None = None
) -> AsyncIterator[Shadow]:
    """Start a server in a work folder; both are gone when the block is left, unless its state is handed over."""
    cache = open_cache(cache_folder, server_account())
    clear_dead(cache)
    installation = await _take_installation(choice, cache)
    with work_folder(cache) as folder:
        continues = kept is not None and await copy_kept(kept, cache, folder)
        if not continues:
            await copy_template(installation, cache, folder)
        address = address_in(folder)
        with child_server(installation, cache, folder) as process:
            connection = await wait_until_ready(process, installation, address, limit=start_limit)
            try:
                shadow = Shadow(
                    ServerFacts(installation.version, installation.origin, installation.name),
                    address,
                    connection,
                    continues=continues,
                )
                await shadow.open_first()
                yield shadow
            finally:
                connection.terminate()  # the server goes too: no farewell, nothing to wait for
            if shadow.hand_over is not None and await asyncio.to_thread(stop, process):
                await shadow.hand_over(folder / "data")


async def chosen_installation(choice: ShadowChoice, cache: Cache) -> Installation:
    """Return which installation ``own_shadow`` would start."""
    machine = await find_installations(cache.account)
    return choose_installation(choice, machine, await find_embedded(cache))


async def _take_installation(choice: ShadowChoice, cache: Cache) -> Installation:
    installation = await chosen_installation(choice, cache)
    if installation.origin == "embedded":
        await unpack(installation, cache)
    return installation
