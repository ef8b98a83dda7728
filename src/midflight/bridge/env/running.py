"""``midflight.env.run``: all that an env.py does, in one call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic import context
from alembic.util import CommandError

from midflight.bridge.autogenerate.hook import with_safe_operations
from midflight.bridge.env.connecting import run_on_engine, run_on_shared, run_on_url
from midflight.bridge.env.logs import set_up_logging
from midflight.bridge.env.models import find_metadata
from midflight.bridge.env.own_schema import without_own_schema
from midflight.bridge.env.urls import database_url
from midflight.errors import EnvPyError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alembic.config import Config
    from sqlalchemy import Connection, Engine, MetaData
    from sqlalchemy.engine import URL
    from sqlalchemy.ext.asyncio import AsyncEngine

DEFAULTS: dict[str, Any] = {"compare_type": True, "compare_server_default": True, "transaction_per_migration": True}
"""Options of ``configure`` that a migration of a live database wants; env.py may say otherwise."""


def run(
    *,
    target_metadata: MetaData | Sequence[MetaData] | None = None,
    models: str | None = None,
    url: str | URL | None = None,
    engine: Engine | AsyncEngine | None = None,
    driver: str | None = None,
    **configure_options: Any,  # noqa: ANN401 - Alembic's own, of many types
) -> None:
    """Run what Alembic was called for: the whole of an env.py.

    Offline (``--sql``) it writes a script. Online it takes the connection in ``config.attributes["connection"]`` where
    a program has put one, else the engine, else it connects to the URL with that URL's own driver and no pool. A
    running event loop is no obstacle: an asynchronous driver then gets a thread of its own.

    Args:
        target_metadata: the models' metadata, for autogenerate.
        models: a package instead, all of which is imported and searched for metadata.
        url: of the database: a string, SQLAlchemy's URL or a settings object's; any character may be in its password.
            By default ``sqlalchemy.url`` where the configuration has one, else the variable DATABASE_URL.
        engine: an engine to use instead of a URL; it is disposed of after use where it is asynchronous.
        driver: for a PostgreSQL URL that names none, such as ``psycopg``; by default asyncpg.
        configure_options: any of ``context.configure``; by default types and server defaults are compared and each
            revision has its own transaction.
            https://alembic.sqlalchemy.org/en/latest/api/runtime.html#alembic.runtime.environment.EnvironmentContext.configure

    Raises:
        alembic.util.CommandError: where there is no URL, no driver or no models; Alembic's command line prints it.
    """
    try:
        config = context.config
        set_up_logging(config)
        metadata = target_metadata if models is None else _metadata(models, config)
        options = _options({**configure_options, "target_metadata": metadata})
        if context.is_offline_mode():
            _run_offline(database_url(engine.url if engine is not None else url, config, driver), options)
        else:
            _run_online(config, url, engine, driver, options)
    except EnvPyError as error:  # of ours alone: whatever applies the revisions says itself what goes wrong there
        raise CommandError(f"{error} ({error.hint})" if error.hint else str(error)) from error


def _options(given: dict[str, Any]) -> dict[str, Any]:
    return with_safe_operations(without_own_schema({**DEFAULTS, **given}))


def _metadata(models: str, config: Config) -> list[MetaData] | None:
    """Find the models' metadata; None where there is none yet, which is no obstacle but for autogenerate."""
    found = find_metadata(models)
    if not found and getattr(config.cmd_opts, "autogenerate", False):
        raise EnvPyError(f"models: {models} has no table", hint="it names the package with the models in it")
    return found or None


def _run_offline(url: URL, options: dict[str, Any]) -> None:
    defaults = {"literal_binds": True, "dialect_opts": {"paramstyle": "named"}}
    _migrate(**{**defaults, **options, "url": url})


def _run_online(
    config: Config,
    url: str | URL | None,
    engine: Engine | AsyncEngine | None,
    driver: str | None,
    options: dict[str, Any],
) -> None:
    def work(connection: Connection) -> None:
        _migrate(connection=connection, **options)

    shared = config.attributes.get("connection")
    if shared is not None:
        run_on_shared(shared, work)
    elif engine is not None:
        run_on_engine(engine, work)
    else:
        run_on_url(database_url(url, config, driver), work)


def _migrate(**options: Any) -> None:  # noqa: ANN401 - Alembic's own, of many types
    context.configure(**options)
    with context.begin_transaction():
        context.run_migrations()
