"""What a project's env.py says, read by running it with ``context.configure`` intercepted.

env.py is configuration here: it is run, but what it would connect to is the shadow, and it ends where it would begin to
migrate. Offline mode comes first, since it needs no database; online mode then refines what was learnt, because many
projects set ``transaction_per_migration`` or ``include_object`` there alone. Either may fail; one is enough. Where both
do, it is run as an application does it that migrates at its own start: with a connection to share.
"""

from __future__ import annotations

import contextlib
import importlib.util
import logging.config
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from alembic.runtime.environment import EnvironmentContext
from alembic.util import CommandError
from sqlalchemy import Engine, event
from sqlalchemy.engine import Dialect, make_url
from sqlalchemy.exc import InvalidRequestError, SQLAlchemyError

from midflight.bridge.connections import AsyncLink, Link, SyncLink
from midflight.bridge.env.urls import GIVEN
from midflight.bridge.explaining import explaining
from midflight.errors import ProjectError
from midflight.pg.addresses import Address
from midflight.pg.identifiers import QualifiedName

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from sqlalchemy import Connection

    from midflight.bridge.project import Project

POSTGRESQL_URL = (
    "let it read a PostgreSQL URL from wherever it reads its own; any will do, postgresql://localhost/any: "
    "it is never connected to"
)
_FOR_ONE_RUN = frozenset(
    {
        "as_sql",
        "connection",
        "dialect_name",
        "dialect_opts",
        "literal_binds",
        "output_buffer",
        "output_encoding",
        "starting_rev",
        "tag",
        "url",
    }
)
"""Options of ``configure`` that say how to reach a database or where to write a script: the walk has its own."""


@dataclass(frozen=True, slots=True)
class Environment:
    """A project's own settings for its migrations."""

    driver: str
    """SQLAlchemy's name of the driver, such as ``asyncpg``."""
    is_async: bool
    options: Mapping[str, Any] = field(default_factory=dict)
    """The keywords that env.py gave to ``context.configure``."""
    foreign_dialect: str | None = None
    """The dialect of the project's own URL where that is not PostgreSQL."""
    database: Address | None = None
    """The project's own database, as its URL says; never connected to unless the user asks for it."""

    @property
    def version_table(self) -> QualifiedName:
        """Alembic's version table."""
        schema, name = self.options.get("version_table_schema"), self.options.get("version_table")
        return QualifiedName(schema or "public", name or "alembic_version")

    @property
    def one_transaction(self) -> bool:
        """Whether an upgrade runs all its revisions in one transaction, as Alembic does unless told otherwise."""
        return not self.options.get("transaction_per_migration", False)


class _Configured(BaseException):
    """Leaves env.py at ``context.configure``; no ``except Exception`` there can hold it."""

    def __init__(self, options: dict[str, Any]) -> None:
        super().__init__()
        self.options = options


@dataclass(frozen=True, slots=True)
class _Reading:
    """What env.py said in either mode, or why it said nothing."""

    offline: dict[str, Any] | None
    offline_error: ProjectError | None
    online: dict[str, Any] | None
    online_error: ProjectError | None

    @property
    def is_enough(self) -> bool:
        """Whether it got to ``configure`` in one of them."""
        return self.offline is not None or self.online is not None

    @property
    def wants_async_driver(self) -> bool:
        """Whether it made an asynchronous engine from a URL with a synchronous driver; SQLAlchemy tells so."""
        cause = self.online_error and self.online_error.__cause__
        return isinstance(cause, InvalidRequestError) and "async driver" in str(cause)


def read_environment(project: Project, shadow: Address) -> Environment:
    """Run env.py up to ``context.configure`` and return what it says there.

    Raises:
        ProjectError: where neither mode gets that far; it names env.py and the reason.
    """
    read = _read_with_some_url(project, shadow)
    if not read.is_enough:
        shared = _read_with_connection(project, shadow)
        read = shared if shared.is_enough else read
    if not read.is_enough:
        never = ProjectError(f"{project.env_py}: it never calls context.configure()")
        raise read.offline_error or read.online_error or never
    options = {**(read.offline or {}), **(read.online or {})}
    with explaining(project.env_py):
        driver, is_async, foreign = _driver(read.online, read.offline)
    kept = {name: value for name, value in options.items() if name not in _FOR_ONE_RUN and value is not None}
    return Environment(driver, is_async, kept, foreign, _database(read.online, read.offline, shadow))


def read_options(project: Project) -> dict[str, Any]:
    """Return the keywords that env.py gives to ``context.configure``, read offline: nothing is connected to.

    Raises:
        ProjectError: where env.py does not get that far in offline mode.
    """
    try:
        with explaining(project.env_py), own_logging_kept():
            _run(project, as_sql=True)
    except _Configured as configured:
        return {
            name: value for name, value in configured.options.items() if name not in _FOR_ONE_RUN and value is not None
        }
    raise ProjectError(f"{project.env_py}: it never calls context.configure() in offline mode")


def _read_with_some_url(project: Project, shadow: Address) -> _Reading:
    """Read env.py, with a URL in the configuration where that has none that means anything."""
    if _has_url(project):
        return _read(project, shadow)
    _give_url(project, shadow, _installed_driver())
    read = _read(project, shadow)
    if read.wants_async_driver:
        _give_url(project, shadow, "asyncpg")
        read = _read(project, shadow)
    return read


def _read_with_connection(project: Project, shadow: Address) -> _Reading:
    """Read an env.py that wants to be given its connection, or that takes a command line for a person's.

    https://alembic.sqlalchemy.org/en/latest/cookbook.html#connection-sharing
    """
    config, driver = project.config, _installed_driver()
    url = shadow.url(f"postgresql+{driver}")
    arguments, config.cmd_opts = config.cmd_opts, config.cmd_opts if getattr(config.cmd_opts, "x", None) else None
    link: Link = AsyncLink(url) if driver == "asyncpg" else SyncLink(url)

    def read(connection: Connection) -> _Reading:
        config.attributes["connection"] = connection
        return _read(project, shadow)

    try:
        return link.run(read)
    finally:
        config.attributes.pop("connection", None)
        config.cmd_opts = arguments
        link.close()


def _read(project: Project, shadow: Address) -> _Reading:
    return _Reading(*_try_run(project, shadow, as_sql=True), *_try_run(project, shadow, as_sql=False))


def _try_run(project: Project, shadow: Address, *, as_sql: bool) -> tuple[dict[str, Any] | None, ProjectError | None]:
    try:
        with explaining(project.env_py), own_logging_kept(), connections_led_to(shadow, project.env_py):
            _run(project, as_sql=as_sql)
    except _Configured as configured:
        return configured.options, None
    except ProjectError as error:
        return None, error
    return None, None


def _run(project: Project, *, as_sql: bool) -> None:
    environment = EnvironmentContext(
        project.config, project.script, as_sql=as_sql, fn=lambda *_: [], destination_rev="head"
    )

    def configure(connection: Any = None, url: Any = None, **options: Any) -> None:  # noqa: ANN401 - as Alembic has it
        raise _Configured({"connection": connection, "url": url, **options})

    # In place, on the instance: the functions of ``alembic.context`` look the method up there.
    setattr(environment, "configure", configure)  # noqa: B010 - an assignment would not have the method's type
    with environment:
        project.script.run_env()


@contextlib.contextmanager
def own_logging_kept() -> Iterator[None]:
    """Keep env.py's ``fileConfig`` from disabling the loggers of the program that runs it."""
    kept = logging.config.fileConfig
    logging.config.fileConfig = lambda *_, **__: None
    try:
        yield
    finally:
        logging.config.fileConfig = kept


@contextlib.contextmanager
def connections_led_to(address: Address, env_py: Path) -> Iterator[None]:
    """Let every SQLAlchemy engine that is made meanwhile connect to an address, whatever its URL says."""

    def lead(dialect: Dialect, _record: object, positional: list[Any], keywords: dict[str, Any]) -> None:
        if dialect.name != "postgresql":
            raise ProjectError(f"{env_py}: it would connect to {dialect.name}", hint=POSTGRESQL_URL)
        to_shadow, options = dialect.create_connect_args(make_url(address.url(f"postgresql+{dialect.driver}")))
        positional[:] = to_shadow
        keywords.clear()
        keywords.update(options)

    event.listen(Engine, "do_connect", lead)
    try:
        yield
    finally:
        event.remove(Engine, "do_connect", lead)


def _has_url(project: Project) -> bool:
    """Whether the configuration has a URL of a dialect that there is; Alembic's templates have ``driver://``."""
    with explaining(project.file):
        url = project.config.get_main_option("sqlalchemy.url", "")
    try:
        make_url(url).get_dialect()
    except SQLAlchemyError:
        return False
    return True


def _give_url(project: Project, shadow: Address, driver: str) -> None:
    """Give the configuration a URL, so that an env.py which reads one there works."""
    url = shadow.url(f"postgresql+{driver}")
    project.config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    project.config.attributes[GIVEN] = True


def _driver(online: dict[str, Any] | None, offline: dict[str, Any] | None) -> tuple[str, bool, str | None]:
    """Return the project's driver, whether it is asynchronous, and its dialect where that is not PostgreSQL."""
    dialect = _dialect_of((online or {}).get("connection")) or _dialect_of_url((offline or online or {}).get("url"))
    if dialect is None:
        return _installed_driver(), _installed_driver() == "asyncpg", None
    if dialect.name != "postgresql":
        return _installed_driver(), _installed_driver() == "asyncpg", dialect.name
    if importlib.util.find_spec(dialect.driver.removesuffix("_async")) is None:
        raise CommandError(f"the project's driver {dialect.driver} is not installed in this environment")
    return dialect.driver, bool(dialect.is_async), None


def _database(online: dict[str, Any] | None, offline: dict[str, Any] | None, shadow: Address) -> Address | None:
    """Return the project's own database; None where its URL is the one that it was given here."""
    engine = getattr((online or {}).get("connection"), "engine", None)
    url = (offline or {}).get("url") or getattr(engine, "url", None) or (online or {}).get("url")
    try:
        named = Address.from_url(make_url(url).render_as_string(hide_password=False)) if url else None
    except (SQLAlchemyError, ValueError):
        return None
    return None if named == shadow else named


def _dialect_of(connection: Any) -> Dialect | None:  # noqa: ANN401 - whatever env.py gave
    dialect = getattr(connection, "dialect", None)
    return dialect if isinstance(dialect, Dialect) else None


def _dialect_of_url(url: Any) -> Dialect | None:  # noqa: ANN401 - a string or SQLAlchemy's URL
    if not url:
        return None
    try:
        return make_url(url).get_dialect()()
    except SQLAlchemyError:
        return None


def _installed_driver() -> str:
    """Return a driver for a project that names none: a synchronous one where there is one, as revisions mostly are."""
    for driver in ("psycopg2", "psycopg"):
        if importlib.util.find_spec(driver) is not None:
            return driver
    return "asyncpg"
