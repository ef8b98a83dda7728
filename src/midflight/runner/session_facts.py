"""What a session is, and what it may do: read from PostgreSQL before anything is changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from midflight.pg.identifiers import quote_identifier
from midflight.pg.versions import OLDEST_SUPPORTED
from midflight.runner.live import version_of
from midflight.runner.sql_files import load_sql

if TYPE_CHECKING:
    import asyncpg

    from midflight.pg.versions import Version


@dataclass(frozen=True, slots=True)
class Expected:
    """What a migration expects of the database."""

    version_table: str = "alembic_version"
    version_schema: str | None = None
    """The schema that env.py gives it; None leaves it to the search path."""
    role: str | None = None
    """The role to become; None stays the one that logged in."""
    search_path: str | None = None
    """What env.py sets for its own connection; None is that of the role or the database."""
    path_is_chosen: bool = False
    """Whether env.py has set it for this session alone: a loop over schemas comes to one that has no table yet."""
    own_schema: str | None = "midflight"
    """Where the journal is; None keeps none."""


@dataclass(frozen=True, slots=True)
class VersionTable:
    """A table that is called as Alembic's version table is."""

    schema: str
    is_visible: bool
    """Whether the search path leads to it."""
    is_writable: bool


@dataclass(frozen=True, slots=True)
class OwnSchema:
    """What may be done in the schema of our own."""

    may_use: bool
    may_create: bool
    journal_is_writable: bool | None
    """None where there is no journal yet."""

    @property
    def is_enough(self) -> bool:
        """Whether the journal can be kept."""
        return self.may_use and (self.may_create if self.journal_is_writable is None else self.journal_is_writable)


@dataclass(frozen=True, slots=True)
class RoleFacts:
    """The role that is to be set."""

    exists: bool
    may_become: bool


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """A session after ``SET ROLE``, where there is a role to set."""

    user: str
    is_standby: bool
    is_read_only: bool
    search_path: str
    current_schema: str | None
    """Where what is created without a schema goes; None where the search path names no schema that is there."""
    may_create_in_target: bool | None
    """Whether the version table may be created where it belongs; None where that schema is not there."""
    may_create_schemas: bool
    own_schema: OwnSchema | None
    """None where it is not there, or not needed."""
    version_tables: tuple[VersionTable, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the preflight has seen; each part is None where an earlier one made it impossible."""

    version: Version
    user: str
    """Who logged in."""
    role: RoleFacts | None = None
    session: SessionFacts | None = None


async def read_facts(connection: asyncpg.Connection, expected: Expected) -> Facts:
    """Read what decides whether a migration can begin.

    Args:
        connection: in a transaction, in which the role is set; it must end before anything else is done.
        expected: what the migration needs.
    """
    version = version_of(connection)
    user: str = await connection.fetchval("SELECT session_user::text")
    if version.major < OLDEST_SUPPORTED:
        return Facts(version, user)
    role = await _role(connection, expected.role) if expected.role else None
    if role and not role.may_become:
        return Facts(version, user, role)
    if expected.role:
        await connection.execute(f"SET LOCAL ROLE {quote_identifier(expected.role)}")
    if expected.search_path is not None:
        await connection.execute("SELECT set_config('search_path', $1, true)", expected.search_path)
    return Facts(version, user, role, await _session(connection, expected))


async def _role(connection: asyncpg.Connection, role: str) -> RoleFacts:
    row = await connection.fetchrow(load_sql("role"), role)
    assert row is not None
    return RoleFacts(**row)


async def _session(connection: asyncpg.Connection, expected: Expected) -> SessionFacts:
    row = await connection.fetchrow(load_sql("session"), expected.version_schema)
    assert row is not None
    own = await connection.fetchrow(load_sql("own_schema"), expected.own_schema)
    tables = await connection.fetch(load_sql("version_tables"), expected.version_table)
    return SessionFacts(
        **row,
        own_schema=OwnSchema(**own) if own else None,
        version_tables=tuple(VersionTable(**table) for table in tables),
    )
