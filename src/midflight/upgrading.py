"""Migrations from a program, such as FastAPI's lifespan: ``await midflight.upgrade()``."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from midflight.bridge.applying import apply, apply_on
from midflight.bridge.deployment import give_back
from midflight.bridge.environment import read_options
from midflight.bridge.project import ProjectSource, load_project
from midflight.bridge.request import Request
from midflight.errors import UsageError
from midflight.pg.addresses import Address
from midflight.runner.events import ignore
from midflight.runner.limits import Limits
from midflight.settings import load_settings

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from midflight.bridge.project import Project
    from midflight.bridge.request import UpTo
    from midflight.runner.events import Listener


async def upgrade(
    target: str = "heads",
    *,
    config: Path | str | None = None,
    bind: AsyncEngine | AsyncConnection | None = None,
    limits: Limits | None = None,
    listener: Listener = ignore,
    phase: UpTo | None = None,
    ignore_instances: bool = False,
) -> tuple[str, ...]:
    """Apply revisions as ``midflight upgrade`` does, and return their ids; of many workers one applies, others wait.

    Args:
        target: a revision, ``heads``, or so many steps (``+1``).
        config: ``alembic.ini`` or ``pyproject.toml``; default: the settings', or the current folder's.
        bind: an engine or a connection of the caller's. Without one, env.py connects as it does for ``alembic``, in a
            thread of its own.
        limits: for how long it waits; default: the settings'.
        listener: is told what happens, in the thread in which it happens.
        phase: ``expand`` stops before the first contract revision of each branch, ``contract`` goes through them;
            default: through them as far as their gates are open.
        ignore_instances: applies contract revisions though live instances of the application need the old shape.

    Raises:
        midflight.errors.GateShutError: where a contract revision is held back; with ``contract`` nothing is applied.
        midflight.errors.MidflightError: as the command would tell; nothing of a failed revision's transaction stays.
    """
    if phase not in {None, "expand", "contract"}:
        raise UsageError(f"phase is {phase!r}", hint="it may be 'expand' or 'contract'")
    return await _apply(
        Request("upgrade", target, phase=phase, ignore_instances=ignore_instances, listener=listener),
        config=config,
        bind=bind,
        limits=limits,
    )


async def downgrade(
    target: str,
    *,
    config: Path | str | None = None,
    bind: AsyncEngine | AsyncConnection | None = None,
    limits: Limits | None = None,
    listener: Listener = ignore,
) -> tuple[str, ...]:
    """Take revisions back as ``midflight downgrade`` does, and return their ids. Arguments as for ``upgrade``."""
    return await _apply(Request("downgrade", target, listener=listener), config=config, bind=bind, limits=limits)


async def _apply(
    asked: Request,
    *,
    config: Path | str | None,
    bind: AsyncEngine | AsyncConnection | None,
    limits: Limits | None,
) -> tuple[str, ...]:
    """Complete what was asked for from the settings, and do it."""
    settings = load_settings(config=Path(config) if config else None)
    url = settings.migration_url
    request = replace(
        asked,
        database=Address.from_url(url.get_secret_value()) if url and bind is None else None,
        role=settings.role,
        limits=limits or Limits.of(settings),
        journal=settings.journal,
    )
    project = load_project(ProjectSource(settings.config))
    if bind is None:
        return await asyncio.to_thread(apply, project, request)
    if isinstance(bind, AsyncEngine):
        async with bind.connect() as connection:
            return await _on(project, request, connection)
    return await _on(project, request, bind)


async def _on(project: Project, request: Request, connection: AsyncConnection) -> tuple[str, ...]:
    options = await asyncio.to_thread(read_options, project)
    try:
        return await connection.run_sync(lambda sync: apply_on(project, request, sync, options))
    finally:
        with contextlib.suppress(SQLAlchemyError):  # the connection may be gone, and the first error is the one to tell
            await connection.run_sync(give_back)
