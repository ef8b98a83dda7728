"""Names for constraints that the models leave to PostgreSQL, so that the way back can name what it drops."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.operations import ops

if TYPE_CHECKING:
    from alembic.operations.ops import MigrateOperation

_NAMED = (ops.CreateForeignKeyOp, ops.CreateUniqueConstraintOp, ops.DropConstraintOp)
LONGEST_NAME = 63
"""PostgreSQL's NAMEDATALEN less one, in bytes. https://www.postgresql.org/docs/current/limits.html"""


def name_constraint(directive: MigrateOperation) -> None:
    """Give an unnamed foreign key or unique constraint, or the drop of one, the name that PostgreSQL would choose.

    ``ChooseConstraintName`` in PostgreSQL's src/backend/catalog/pg_constraint.c. A name that PostgreSQL would shorten
    is left out; Alembic then says that one is needed.
    """
    if isinstance(directive, _NAMED) and directive.constraint_name is None:
        made = directive._reverse if isinstance(directive, ops.DropConstraintOp) else directive  # noqa: SLF001 - Alembic keeps the columns there alone
        name = _chosen(made)
        if name is not None and len(name.encode()) <= LONGEST_NAME:
            directive.constraint_name = name


def _chosen(directive: object) -> str | None:
    match directive:
        case ops.CreateForeignKeyOp():
            return "_".join([directive.source_table, *directive.local_cols, "fkey"])
        case ops.CreateUniqueConstraintOp():
            return "_".join([directive.table_name, *(str(column) for column in directive.columns), "key"])
        case _:
            return None
