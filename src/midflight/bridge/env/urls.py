"""Which database env.py reaches, and by which driver: one URL for all, never through the ini's interpolation."""

from __future__ import annotations

import configparser
import os
from typing import TYPE_CHECKING

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from midflight.errors import EnvPyError
from midflight.pg.addresses import Address

if TYPE_CHECKING:
    from alembic.config import Config

VARIABLE = "DATABASE_URL"
OPTION = "sqlalchemy.url"
DRIVER = "asyncpg"
"""For a URL that names none: it is always there, since Midflight itself needs it."""
GIVEN = "midflight_gave_url"
"""Where it is set in ``config.attributes``, the URL in the configuration stands in for one that the project lacks
there: it is that of a throw-away database, and says nothing about the project's own."""
_OLD_NAME = "postgres"
"""As libpq and hosting services write it; SQLAlchemy takes ``postgresql`` alone."""
_PLACEHOLDER = "driver://"
"""With which Alembic's own templates begin."""


def database_url(given: object, config: Config, driver: str | None = None) -> URL:
    """Return the URL of the database: what env.py gives, else ``sqlalchemy.url``, else the variable DATABASE_URL.

    Args:
        given: a string, SQLAlchemy's URL, or a settings object's such as pydantic's ``PostgresDsn`` or ``SecretStr``.
        config: Alembic's; a program may have put a URL there.
        driver: for a PostgreSQL URL that names none.

    Raises:
        EnvPyError: where there is none, or it is none; its message never holds it.
    """
    if isinstance(given, URL):
        return _with_driver(given, driver)
    text = _text(given) or _of_config(config) or os.environ.get(VARIABLE)
    if not text:
        raise EnvPyError(
            "no database URL", hint=f"set {VARIABLE}, or give one in env.py: env.run(url=settings.database_url)"
        )
    return _with_driver(_read(text), driver)


def _text(given: object) -> str | None:
    if given is None:
        return None
    secret = getattr(given, "get_secret_value", None)
    return str(secret() if callable(secret) else given)


def _of_config(config: Config) -> str | None:
    """Return what the ini or a program says; a single % in it is no interpolation."""
    file, section = config.file_config, config.config_ini_section
    if not file.has_option(section, OPTION) or (config.attributes.get(GIVEN) and os.environ.get(VARIABLE)):
        return None
    try:
        text = file.get(section, OPTION)
    except configparser.InterpolationError:
        text = file.get(section, OPTION, raw=True)
    return None if text.startswith(_PLACEHOLDER) else text


def _read(text: str) -> URL:
    """Read a URL as SQLAlchemy does, but with any raw character in a PostgreSQL password, since the last @ ends it."""
    scheme, _, rest = text.partition("://")
    userinfo, at, location = rest.rpartition("@")
    if scheme.partition("+")[0] not in {"postgresql", _OLD_NAME} or not at or "?" in userinfo:
        return _made(text)
    address = Address.from_url(f"{scheme}://{userinfo}@localhost")
    url = _made(f"{scheme}://{location}")
    return url.set(username=address.user, password=address.password) if userinfo else url


def _made(text: str) -> URL:
    try:
        return make_url(text)
    except (ArgumentError, ValueError):
        # from None: SQLAlchemy's own message may hold the password
        raise EnvPyError(
            "the database URL is not valid (expected postgresql://user:password@host:port/database)"
        ) from None


def _with_driver(url: URL, driver: str | None) -> URL:
    """Name the driver where the URL does not, and write ``sslmode`` as that driver knows it."""
    name, _, named = url.drivername.partition("+")
    if name in {"postgresql", _OLD_NAME}:
        url = url.set(drivername=f"postgresql+{named or driver or DRIVER}")
    if url.drivername == "postgresql+asyncpg" and "sslmode" in url.query:
        query = dict(url.query)
        query.setdefault("ssl", query.pop("sslmode"))
        url = url.set(query=query)
    _check_installed(url)
    return url


def _check_installed(url: URL) -> None:
    try:
        dialect = url.get_dialect()
    except NoSuchModuleError:
        raise EnvPyError(f"the database URL begins with {url.drivername}, which SQLAlchemy does not know") from None
    try:
        dialect.import_dbapi()
    except ImportError as error:
        raise EnvPyError(
            f"the driver {dialect.driver} is not installed",
            hint=f"pip install {dialect.driver}, or name another in the URL",
        ) from error
