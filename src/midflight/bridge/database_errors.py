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
    """Turn what a driver raises, or a connection that cannot be made, into a DatabaseError of one line.

    Parameters and statements are left out: they may hold rows.
    """
    try:
        yield
    except DBAPIError as error:
        cause: Any = error.orig.__cause__ or error.orig if error.orig is not None else error
        raise DatabaseError(_first_line(cause)) from error
    except (asyncpg.PostgresError, asyncpg.InterfaceError, ConnectionError, TimeoutError) as error:
        raise DatabaseError(_first_line(error)) from error
    except OSError as error:
        if error.filename is not None or not _is_of_network(error):
            raise
        raise DatabaseError(_first_line(error)) from error


def _is_of_network(error: OSError) -> bool:
    """Tell a host that is not found, or addresses that all refuse, from a file: asyncio raises plain OSErrors."""
    return error.errno is None or type(error).__module__ == "socket"


def _first_line(error: BaseException) -> str:
    if isinstance(error, OSError):
        return f"no connection to the database: {error.strerror or error}"
    said = str(error).strip().splitlines()
    return said[0] if said else type(error).__name__
