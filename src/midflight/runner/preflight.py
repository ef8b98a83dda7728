"""What is looked at before anything is changed: a database that cannot be migrated is told from one that can.

The decisions are pure; ``preflight`` alone asks the database.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from midflight.errors import PreflightError
from midflight.pg.identifiers import quote_identifier
from midflight.pg.versions import OLDEST_SUPPORTED
from midflight.runner.live import looking
from midflight.runner.pooling import shares_sessions
from midflight.runner.session_facts import Expected, read_facts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from midflight.pg.addresses import Address
    from midflight.runner.session_facts import Facts, SessionFacts

POOLED = (
    "between this machine and PostgreSQL is a pooler (such as PgBouncer) in transaction mode, in which locks and "
    "settings of a session are not its own"
)
DIRECT = "set migration_url (MIDFLIGHT_MIGRATION_URL) to a URL that leads straight to PostgreSQL"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a migration cannot begin."""

    reason: str
    hint: str


async def preflight(address: Address, expected: Expected) -> tuple[Problem, ...]:
    """Look at a database without changing anything, and tell what is in the way of a migration.

    Raises:
        DatabaseError: where it cannot be reached.
    """
    if await shares_sessions(address):
        return (Problem(POOLED, DIRECT),)
    async with looking(address, read_only=False) as connection:  # else every session would seem to be read-only
        facts = await read_facts(connection, expected)
    return problems(facts, expected)


def must_be_ready(address: Address, expected: Expected) -> None:
    """Do the preflight for a caller that is on no event loop, or on one that must not be waited for.

    Raises:
        PreflightError: where there is a problem.
        DatabaseError: where the database cannot be reached.
    """
    with ThreadPoolExecutor(1) as threads:
        refuse(threads.submit(lambda: asyncio.run(preflight(address, expected))).result(), address)


def refuse(found: Sequence[Problem], address: Address) -> None:
    """Raise where there are problems.

    Raises:
        PreflightError: with every reason and every hint.
    """
    if found:
        reasons = "; ".join(problem.reason for problem in found)
        raise PreflightError(f"{address}: {reasons}", hint="; ".join(dict.fromkeys(problem.hint for problem in found)))


def problems(facts: Facts, expected: Expected) -> tuple[Problem, ...]:
    """Decide what is in the way. What makes all else meaningless is told alone."""
    if facts.version.major < OLDEST_SUPPORTED:
        return (
            Problem(
                f"its version is {facts.version}, and Midflight works with PostgreSQL {OLDEST_SUPPORTED} and later",
                "upgrade PostgreSQL, or migrate with alembic itself",
            ),
        )
    if facts.session is None:
        return (_wrong_role(facts, expected.role or ""),)
    if facts.session.is_standby or facts.session.is_read_only:
        return (_read_only(facts.session),)
    if wrong := _wrong_search_path(facts.session, expected):
        return (wrong,)
    return (*_version_table_rights(facts.session, expected), *_own_schema_rights(facts.session, expected))


def _wrong_role(facts: Facts, role: str) -> Problem:
    if facts.role and facts.role.exists:
        return Problem(
            f"{facts.user} may not become the role {role} that the setting role names",
            f"GRANT {quote_identifier(role)} TO {quote_identifier(facts.user)}",
        )
    return Problem(
        f"there is no role {role}, which the setting role names", "correct the setting role (MIDFLIGHT_ROLE)"
    )


def _read_only(session: SessionFacts) -> Problem:
    if session.is_standby:
        return Problem("the server is a standby, which takes no changes", "name the primary server")
    return Problem(
        f"sessions of {session.user} are read-only (default_transaction_read_only is on)",
        "name the primary server, or a role whose sessions may write",
    )


def _wrong_search_path(session: SessionFacts, expected: Expected) -> Problem | None:
    """Say where Alembic would take a database for an empty one, and make a second version table in it."""
    if expected.version_schema is not None:  # env.py says where: nothing can be mistaken
        return None
    elsewhere = [table.schema for table in session.version_tables if not table.is_visible]
    is_found = len(elsewhere) < len(session.version_tables)
    if elsewhere and not is_found and not expected.path_is_chosen:
        return Problem(
            f"{expected.version_table} is in the schema {', '.join(elsewhere)}, to which the search_path "
            f"({session.search_path}) does not lead: Alembic would take the database for an empty one and create a "
            f"second {expected.version_table} in {session.current_schema or 'no schema at all'}",
            f"ALTER ROLE {quote_identifier(session.user)} SET search_path = {quote_identifier(elsewhere[0])}, or "
            f"version_table_schema={elsewhere[0]!r} in env.py",
        )
    if session.current_schema is None:
        return Problem(
            f"the search_path ({session.search_path}) names no schema that is there and that {session.user} may use",
            "create the schema, or correct the role's search_path",
        )
    return None


def _version_table_rights(session: SessionFacts, expected: Expected) -> Iterator[Problem]:
    schema = expected.version_schema
    found = [table for table in session.version_tables if table.is_visible or table.schema == schema]
    found = [table for table in found if table.schema == schema] if schema else found
    target = schema or session.current_schema or ""
    for table in found:
        if not table.is_writable:
            name = f"{quote_identifier(table.schema)}.{quote_identifier(expected.version_table)}"
            yield Problem(
                f"{session.user} may not write {table.schema}.{expected.version_table}",
                f"GRANT SELECT, INSERT, UPDATE, DELETE ON {name} TO {quote_identifier(session.user)}",
            )
    if not found and session.may_create_in_target is False:  # a schema that is not there may be env.py's to make
        yield _cannot_create_in(target, session.user)


def _own_schema_rights(session: SessionFacts, expected: Expected) -> Iterator[Problem]:
    if expected.own_schema is None:
        return
    name, user = expected.own_schema, quote_identifier(session.user)
    schema = quote_identifier(name)
    if session.own_schema is None and not session.may_create_schemas:
        yield Problem(
            f"{session.user} may not create the schema {name}, in which the journal is kept",
            f"CREATE SCHEMA {schema} AUTHORIZATION {user}",
        )
    elif session.own_schema and not session.own_schema.is_enough:
        is_there = session.own_schema.journal_is_writable is not None
        yield Problem(
            f"{session.user} may not keep the journal in the schema {name}",
            f"GRANT USAGE, CREATE ON SCHEMA {schema} TO {user}"
            + (f"; GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA {schema} TO {user}" if is_there else ""),
        )


def _cannot_create_in(schema: str, user: str) -> Problem:
    return Problem(
        f"{user} may not create anything in the schema {schema}",
        f"GRANT USAGE, CREATE ON SCHEMA {quote_identifier(schema)} TO {quote_identifier(user)}",
    )
