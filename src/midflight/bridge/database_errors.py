"""What a database answered, in PostgreSQL's own words, by whichever driver it came."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import asyncpg
from sqlalchemy.exc import DBAPIError

from midflight.errors import DatabaseError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def explaining_database() -> Iterator[None]:
    """Turn what a driver raises, or a connection that cannot be made, into a DatabaseError of one line."""
    try:
        yield
    except Exception as error:
        told = database_error(error)
        if told is None:
            raise
        raise told from error


def database_error(error: Exception) -> DatabaseError | None:
    """Explain what a driver raises, or a connection that cannot be made; None where it is anything else.

    Parameters and statements are left out: they may hold rows.
    """
    if isinstance(error, DBAPIError):
        cause: Any = error.orig.__cause__ or error.orig if error.orig is not None else error
        return DatabaseError(_first_line(cause))
    if isinstance(error, asyncpg.PostgresError | asyncpg.InterfaceError | ConnectionError | TimeoutError):
        return DatabaseError(_first_line(error))
    if isinstance(error, OSError) and error.filename is None and _is_of_network(error):
        return DatabaseError(_first_line(error))
    return None


def _is_of_network(error: OSError) -> bool:
    """Tell a host that is not found, or addresses that all refuse, from a file: asyncio raises plain OSErrors."""
    return error.errno is None or type(error).__module__ == "socket"


def _first_line(error: BaseException) -> str:
    if isinstance(error, OSError):
        return f"no connection to the database: {error.strerror or error}"
    said = str(error).strip().splitlines()
    return said[0] if said else type(error).__name__
