"""What SQLAlchemy remembers of types within one run of Alembic, and forgets at its end.

``op.create_table`` with an ``sa.Enum`` sends CREATE TYPE, unless the same run has created that type already: then
SQLAlchemy leaves it out. So a revision may pass in a run from base, as tests have it, and fail in production, whose
database stands at the revision before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.dialects.postgresql import DOMAIN, ENUM

if TYPE_CHECKING:
    from sqlalchemy import Connection

KnownTypes = dict[str, set[tuple[str | None, str]]]
"""As the memo of a run has them: by kind of type, the schema, None where the revision names none, and the name."""

_TYPES = """
SELECT type.typtype::text, namespace.nspname::text, type.typname::text
FROM pg_catalog.pg_type AS type
JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = type.typnamespace
WHERE type.typtype IN ('e', 'd') AND namespace.nspname NOT IN ('pg_catalog', 'information_schema')
"""
_KINDS = {"e": f"pg_{ENUM.__visit_name__}", "d": f"pg_{DOMAIN.__visit_name__}"}


def known_types(connection: Connection) -> KnownTypes:
    """Return the types that are there as a run would remember them that had created them all."""
    known: KnownTypes = {kind: set() for kind in _KINDS.values()}
    with connection.begin():
        for kind, schema, name in connection.exec_driver_sql(_TYPES):
            known[_KINDS[kind]] |= {(None, name), (schema, name)}
    return known
