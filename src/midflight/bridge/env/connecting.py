"""One synchronous face of a connection, whichever way it comes: a URL, an engine, or a connection to share."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, create_engine, pool
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.util.concurrency import in_greenlet

from midflight.errors import EnvPyError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine import URL

    Work = Callable[[Connection], None]

_SHARING = "async with engine.connect() as connection: await connection.run_sync(migrate)"
_IN_MIGRATE = 'where migrate(connection) sets config.attributes["connection"] = connection and calls Alembic\'s command'


def run_on_shared(connection: object, work: Work) -> None:
    """Run work on a connection that the calling program opened and will close.

    Raises:
        EnvPyError: where it is no connection, or an asynchronous one outside of its own ``run_sync``.
    """
    if isinstance(connection, Connection):
        work(connection)
    elif not isinstance(connection, AsyncConnection):
        raise EnvPyError(f'config.attributes["connection"] is no connection but {type(connection).__name__}')
    elif not in_greenlet():
        raise EnvPyError(
            'config.attributes["connection"] is an AsyncConnection, but Alembic was not called by its run_sync',
            hint=f"{_SHARING}, {_IN_MIGRATE}",
        )
    else:
        work(connection.sync_connection or _closed())


def run_on_engine(engine: Engine | AsyncEngine, work: Work) -> None:
    """Run work on a new connection of an engine.

    Raises:
        EnvPyError: where the engine is asynchronous and its event loop is running: it cannot be waited for here.
    """
    if isinstance(engine, Engine):
        with engine.connect() as connection:
            work(connection)
    elif _loop_is_running() and not isinstance(engine.pool, pool.NullPool):
        raise EnvPyError(
            "env.run(engine=...) was called in a running event loop, to which the engine's connections belong",
            hint=f"share one: {_SHARING}, {_IN_MIGRATE}",
        )
    else:
        _run_loop(lambda: _run_async(engine, work))


def run_on_url(url: URL, work: Work) -> None:
    """Run work on one connection of the URL's own driver, in a running event loop too: it then gets a thread."""
    if not url.get_dialect().is_async:
        engine = create_engine(url, poolclass=pool.NullPool)
        try:
            run_on_engine(engine, work)
        finally:
            engine.dispose()
        return
    _run_loop(lambda: _run_async(create_async_engine(url, poolclass=pool.NullPool), work))


async def _run_async(engine: AsyncEngine, work: Work) -> None:
    try:
        async with engine.connect() as connection:
            await connection.run_sync(work)
    finally:
        await engine.dispose()


def _run_loop(main: Callable[[], object]) -> None:
    if not _loop_is_running():
        asyncio.run(main())  # type: ignore[arg-type] # every caller gives a coroutine function
        return
    with ThreadPoolExecutor(1, "midflight-env") as thread:
        thread.submit(lambda: asyncio.run(main())).result()  # type: ignore[arg-type] # likewise


def _loop_is_running() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _closed() -> Connection:
    raise EnvPyError('config.attributes["connection"] is not open')
