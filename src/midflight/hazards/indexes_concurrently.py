"""Indexes that are built and dropped CONCURRENTLY, in Alembic by its own operations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.alembic_code import call
from midflight.hazards.fix import execute, outside_transaction
from midflight.pg.identifiers import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from midflight.hazards.fix import Fix
    from midflight.sql.names import Name


def create_concurrently(
    name: str, table: Name, columns: Sequence[str], *, unique: bool = False, method: str = "btree"
) -> Fix:
    """Build an index on plain columns."""
    listed = ", ".join(map(quote_identifier, columns))
    using = "" if method == "btree" else f" USING {method}"
    start = "CREATE UNIQUE INDEX" if unique else "CREATE INDEX"
    sql = f"{start} CONCURRENTLY {quote_identifier(name)} ON {table.sql}{using} ({listed})"
    code = call(
        "op.create_index",
        name,
        table.name,
        tuple(columns),
        unique=unique,
        schema=table.schema,
        postgresql_using=None if method == "btree" else method,
        postgresql_concurrently=True,
    )
    return outside_transaction(execute(sql, alembic=code))


def drop_concurrently(index: Name) -> Fix:
    """Drop an index."""
    code = call("op.drop_index", index.name, schema=index.schema, postgresql_concurrently=True)
    return outside_transaction(execute(f"DROP INDEX CONCURRENTLY {index.sql}", alembic=code))
