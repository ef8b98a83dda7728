"""Which revisions a database has not got yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.errors import ProjectError, RangeError
from midflight.runner.live import looking
from midflight.runner.versions import read_versions

if TYPE_CHECKING:
    from midflight.bridge.environment import Environment
    from midflight.bridge.project import Project, Revision
    from midflight.pg.addresses import Address


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


async def _versions(address: Address, environment: Environment) -> tuple[str, ...]:
    table = environment.version_table
    async with looking(address) as connection:
        versions = await read_versions(connection, table.name, environment.options.get("version_table_schema"))
    return versions.revisions
