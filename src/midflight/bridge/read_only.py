"""Reads a project's env.py beside its live database: whatever it connects to, PostgreSQL refuses any change there."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import Dialect, make_url
from sqlalchemy.exc import SQLAlchemyError

from midflight.bridge.environment import POSTGRESQL_URL, Environment, read_environment
from midflight.errors import ProjectError
from midflight.pg.addresses import Address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.bridge.project import Project

CONNECT_SECONDS = 10
_NOWHERE = Address("/nowhere", 1, "nobody", "nobody")
"""What an env.py is given that has no URL of its own: no such socket can be."""
_READ_ONLY = "default_transaction_read_only"
_OF_LIBPQ = frozenset({"psycopg", "psycopg_async", "psycopg2", "psycopg2cffi"})


def read_live_environment(project: Project, database: Address | None) -> Environment:
    """Run env.py up to ``context.configure`` where no shadow is, and return what it says there.

    Args:
        project: the project.
        database: what it connects to instead of its own database.

    Raises:
        ProjectError: where it does not get that far; it names env.py and the reason.
    """
    with _read_only_connections(project, database):
        try:
            return read_environment(project, database or _NOWHERE)
        except (OSError, SQLAlchemyError) as error:  # it wants to be given a connection, and there is none to give
            place = f"{database} cannot be reached" if database else "it wants to be given its connection"
            hint = None if database else "name the database with --database URL"
            raise ProjectError(f"{project.env_py}: {place}", hint=hint) from error


@contextmanager
def _read_only_connections(project: Project, database: Address | None) -> Iterator[None]:
    def connect(dialect: Dialect, _record: object, positional: list[Any], keywords: dict[str, Any]) -> Any:  # noqa: ANN401 - a driver's connection
        if dialect.name != "postgresql":
            raise ProjectError(f"{project.env_py}: it would connect to {dialect.name}", hint=POSTGRESQL_URL)
        if database is not None:
            given, own = dialect.create_connect_args(make_url(database.url(f"postgresql+{dialect.driver}")))
            positional, keywords = list(given), dict(own)
        return dialect.connect(*positional, **_forbidding(dialect.driver, keywords))

    # The first listener that returns a connection is the last that is asked.
    event.listen(Engine, "do_connect", connect, insert=True)
    try:
        yield
    finally:
        event.remove(Engine, "do_connect", connect)


def _forbidding(driver: str, keywords: dict[str, Any]) -> dict[str, Any]:
    """Add what makes a session read-only, and what limits the time to connect.

    Raises:
        ProjectError: for a driver of which we do not know how to tell it so.
    """
    if driver == "asyncpg":
        settings = {**(keywords.get("server_settings") or {}), _READ_ONLY: "on"}
        return {"timeout": CONNECT_SECONDS, **keywords, "server_settings": settings}
    if driver in _OF_LIBPQ:
        options = f"{keywords.get('options') or ''} -c {_READ_ONLY}=on".strip()
        return {"connect_timeout": CONNECT_SECONDS, **keywords, "options": options}
    raise ProjectError(f"the driver {driver} cannot be told to change nothing")
