"""Which revisions a database has not got yet."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import asyncpg

from midflight.errors import DatabaseError, ProjectError, RangeError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from midflight.bridge.environment import Environment
    from midflight.bridge.project import Project, Revision
    from midflight.pg.addresses import Address

_CONNECT_SECONDS = 10.0


async def pending(
    project: Project, environment: Environment, history: tuple[Revision, ...], database: Address | None
) -> frozenset[str]:
    """Return the revisions of the history that a database has not got; it is only read.

    Args:
        project: the project.
        environment: its settings: the version table and the project's own database.
        history: its revisions.
        database: the database to look at instead of the project's own.

    Raises:
        ProjectError: where the project does not say which database is its own.
        DatabaseError: where it cannot be read.
        RangeError: where it is at a revision that the history does not have.
    """
    address = database or environment.database
    if address is None:
        raise ProjectError(
            f"{project.env_py}: it names no PostgreSQL URL", hint="name the database with --database URL"
        )
    applied: set[str] = set()
    for version in await _versions(address, environment):
        try:
            applied |= project.ancestors(version)
        except ProjectError as error:
            raise RangeError(f"{address} is at revision {version}, which this history does not have") from error
    return frozenset(revision.id for revision in history) - applied


async def _versions(address: Address, environment: Environment) -> list[str]:
    table = environment.version_table
    async with connected(address) as connection:
        if await connection.fetchval("SELECT to_regclass($1) IS NULL", table.sql):
            return []
        # The name comes from the project's own settings and is quoted.
        return [row[0] for row in await connection.fetch(f"SELECT version_num FROM {table.sql}")]  # noqa: S608


@contextlib.asynccontextmanager
async def connected(address: Address) -> AsyncIterator[asyncpg.Connection]:
    """Connect to a database that is only looked at.

    Raises:
        DatabaseError: where it cannot be had, or does not answer.
    """
    try:
        connection: asyncpg.Connection = await asyncpg.connect(**address.asyncpg_arguments(), timeout=_CONNECT_SECONDS)
    except TimeoutError as error:
        raise DatabaseError(f"{address}: it did not answer within {_CONNECT_SECONDS:g} s") from error
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise DatabaseError(f"{address}: {reason or error}") from error
    try:
        yield connection
    except asyncpg.PostgresError as error:
        raise DatabaseError(f"{address}: {error}") from error
    finally:
        await connection.close()
