"""Opening a shadow: the one entry for the rest of Midflight."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from midflight.pg.addresses import Address
from midflight.shadow.given import given_shadow
from midflight.shadow.interrupts import stopping_as_interrupt
from midflight.shadow.own import own_shadow
from midflight.shadow.workspace import default_folder

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from midflight.shadow.choice import ShadowChoice
    from midflight.shadow.shadow import Shadow

START_SECONDS = 30.0


@asynccontextmanager
async def open_shadow(
    choice: ShadowChoice,
    *,
    cache_folder: Path | None = None,
    start_limit: float = START_SECONDS,
    kept: Path | None = None,
) -> AsyncIterator[Shadow]:
    """Find or start the throw-away server and create a database on it; all of it is gone when the block is left.

    Args:
        choice: Where it shall be, and which major version.
        cache_folder: Where templates and running servers stand; the user's cache folder by default.
        start_limit: Seconds within which a server of our own must let us in.
        kept: A data directory that a server of our own shall go on from, where it is still there.

    Raises:
        ShadowError: where none can be had, with the reason.
    """
    with stopping_as_interrupt():
        if isinstance(choice.where, Address):
            opened = given_shadow(choice.where, choice.major)
        else:
            opened = own_shadow(choice, cache_folder or default_folder(), start_limit=start_limit, kept=kept)
        async with opened as shadow:
            yield shadow
