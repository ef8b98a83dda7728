"""What comes before the first revision: the connection, the deployer's lock, the end of what a killed run left."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.util import await_only

from midflight.errors import ProjectError
from midflight.pg.addresses import Address
from midflight.pg.identifiers import QualifiedName, quote_identifier, quote_literal
from midflight.runner.deployer import become_deployer, end_orphans, lock_key, worker_name
from midflight.runner.journal import SCHEMA, Journal
from midflight.runner.preflight import must_be_ready
from midflight.runner.session_facts import Expected
from midflight.runner.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import Connection

    from midflight.bridge.request import Request

_SESSION = {
    # A role may have limits of its own, which would end CREATE INDEX CONCURRENTLY; each step sets what it needs.
    "lock_timeout": "0",
    "statement_timeout": "0",
    "idle_session_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    # To compile the query for an operation's state takes seconds, and milliseconds to run it.
    "jit": "off",
    # A connection whose client has vanished ends within half a minute.
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "4",
}
_UNLIMITED = "SELECT set_config(name, '0', false) FROM pg_settings WHERE name = 'transaction_timeout'"
_LIMITED = "SELECT set_config(name, reset_val, false) FROM pg_settings WHERE name = 'transaction_timeout'"
"""As above; it is there from PostgreSQL 17 on."""
_SCHEMA_OF = """
SELECT coalesce((
    SELECT nspname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE pg_class.oid = to_regclass(:table)
), current_schema())
"""
DEAF_DRIVER = "psycopg2"
"""It hears of Ctrl-C only when its statement has ended."""
_SEARCH_PATH = "SELECT setting, source = 'session' FROM pg_settings WHERE name = 'search_path'"
_CHECK_CLIENT = "client_connection_check_interval"
"""A worker whose client is gone ends soon, even in the middle of a long statement; from PostgreSQL 14 on, on Linux."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """The right to change a database: whoever has it is alone."""

    watch: Watch
    journal: Journal | None


def deploy(connection: Connection, options: Mapping[str, Any], request: Request) -> Deployment:
    """Make a connection ready for the work, and wait until no other deployer is at work.

    Args:
        connection: env.py's.
        options: that env.py gives to ``configure``.
        request: what is to be applied.

    Raises:
        DatabaseError: where the server is in the way; nothing is changed then.
        ProjectError: where nobody can tell which database it is.
    """
    address = request.database or address_of(connection)
    version_table = _look(connection, options, request, address)
    name = worker_name(version_table)
    watch = Watch(address, f"{name} (lock)")
    try:
        _make_ready(connection, request.role)
        sleep = _sleeper(connection)
        become_deployer(watch, lock_key(version_table), request.limits.max_wait, sleep, request.listener)
        # The name comes with the lock: whoever has it without the lock is an orphan, and is ended.
        connection.exec_driver_sql(f"SET application_name = {quote_literal(name)}")
        [[pid]] = connection.exec_driver_sql("SELECT pg_backend_pid()").all()
        connection.commit()
        if connection.dialect.driver == DEAF_DRIVER:
            watch.cancel_on_interrupt(pid)
        end_orphans(watch, name, pid, sleep)  # as who has connected: orphans are that role's
        if request.role:
            watch.fetch(f"SET ROLE {quote_identifier(request.role)}")
        return Deployment(watch, Journal(watch, version_table) if request.journal else None)
    except BaseException:
        watch.close()
        raise


def _look(connection: Connection, options: Mapping[str, Any], request: Request, address: Address) -> str:
    """Do the preflight; return the version table, with the schema in which it is or will be.

    Raises:
        PreflightError: where there is a problem.
    """
    table, schema = options.get("version_table") or "alembic_version", options.get("version_table_schema")
    [[search_path, is_chosen]] = connection.exec_driver_sql(_SEARCH_PATH).all()
    connection.rollback()
    own = SCHEMA if request.journal else None
    must_be_ready(address, Expected(table, schema, request.role, search_path, is_chosen, own))
    return str(version_table_of(connection, options))


def version_table_of(connection: Connection, options: Mapping[str, Any]) -> QualifiedName:
    """Return the version table, in the schema in which Alembic finds or makes it: each has a lock of its own."""
    name = options.get("version_table") or "alembic_version"
    schema = options.get("version_table_schema")
    if not schema:
        [[schema]] = connection.execute(text(_SCHEMA_OF), {"table": quote_identifier(name)}).all()
        connection.rollback()
    return QualifiedName(schema or "public", name)


def address_of(connection: Connection) -> Address:
    """Return where a connection leads.

    Raises:
        ProjectError: where its engine's URL does not tell.
    """
    try:
        return Address.from_url(make_url(connection.engine.url).render_as_string(hide_password=False))
    except ValueError as error:
        raise ProjectError(
            f"the URL of the engine in env.py: {error}", hint="name the database with --database"
        ) from error


def _make_ready(connection: Connection, role: str | None) -> None:
    for setting, value in _SESSION.items():
        connection.exec_driver_sql(f"SET {setting} = {value}")
    connection.exec_driver_sql(_UNLIMITED)
    if role:
        connection.exec_driver_sql(f"SET ROLE {quote_identifier(role)}")
    connection.commit()
    with contextlib.suppress(DBAPIError):  # the platform may lack it
        connection.exec_driver_sql(f"SET {_CHECK_CLIENT} = '2s'")
    connection.commit()


def give_back(connection: Connection) -> None:
    """Put a connection of the caller's back in order."""
    connection.rollback()
    for setting in (*_SESSION, "application_name", _CHECK_CLIENT):
        connection.exec_driver_sql(f"RESET {setting}")
    connection.exec_driver_sql(_LIMITED)
    connection.exec_driver_sql("RESET ROLE")
    connection.commit()


def _sleeper(connection: Connection) -> Callable[[float], None]:
    if connection.dialect.is_async:
        return lambda seconds: await_only(asyncio.sleep(seconds))
    return time.sleep
