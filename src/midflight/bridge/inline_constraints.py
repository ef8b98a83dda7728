"""The constraints and indexes that stand in a new column, each made as the operation of its own would make it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.operations import ops
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, PrimaryKeyConstraint, UniqueConstraint

from midflight.bridge.index_elements import read_index
from midflight.bridge.op_constraints import (
    create_check_constraint,
    create_foreign_key,
    create_primary_key,
    create_unique_constraint,
)
from midflight.bridge.running import run
from midflight.bridge.sql_text import COMPILER
from midflight.errors import MidflightError

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext
    from sqlalchemy import Constraint, Table


def add_inline(context: MigrationContext, table: Table, *, primary_key: bool) -> None:
    """Add what the columns of a table bring with them.

    Args:
        context: Alembic's.
        table: with the new column alone.
        primary_key: whether the column becomes the primary key; Alembic wants that said aloud, too.
    """
    of_columns = {constraint for column in table.columns for constraint in column.constraints}
    for constraint in sorted(table.constraints | of_columns, key=lambda one: (type(one).__name__, str(one.name))):
        if (primary_key or not isinstance(constraint, PrimaryKeyConstraint)) and _is_wanted(constraint):
            _add(constraint, table)
    for index in sorted(table.indexes, key=lambda one: str(one.name)):
        run(read_index(context, ops.CreateIndexOp.from_index(index)))


def _add(constraint: Constraint, table: Table) -> None:
    name: Any = constraint.name if isinstance(constraint.name, str) else None  # else the naming convention gives one
    match constraint:
        case ForeignKeyConstraint():
            _add_foreign_key(name, constraint, table)
        case UniqueConstraint():
            options = {f"postgresql_{key}": value for key, value in constraint.dialect_options["postgresql"].items()}
            create_unique_constraint(name, table.name, constraint.columns.keys(), schema=table.schema, **options)
        case PrimaryKeyConstraint():
            if constraint.columns:
                create_primary_key(name, table.name, constraint.columns.keys(), schema=table.schema)
        case CheckConstraint():
            create_check_constraint(name, table.name, constraint.sqltext, schema=table.schema)
        case _:
            raise MidflightError(
                f"a {type(constraint).__name__} cannot stand in a column that is added here",
                hint="add it by the operation of its own",
            )


def _is_wanted(constraint: Constraint) -> bool:
    """Ask the rule of a constraint that a type brings along, such as an enum that is no native one."""
    rule: Any = constraint._create_rule  # noqa: SLF001 - as SQLAlchemy's own DDL asks it
    return rule is None or bool(rule(COMPILER))


def _add_foreign_key(name: Any, constraint: ForeignKeyConstraint, table: Table) -> None:  # noqa: ANN401 - SQLAlchemy's
    directive: Any = ops.CreateForeignKeyOp.from_constraint(constraint)
    options = {key: value for key, value in directive.kw.items() if key not in {"use_alter", "info"}}
    options.setdefault("source_schema", table.schema)
    create_foreign_key(
        name, table.name, directive.referent_table, directive.local_cols, directive.remote_cols, **options
    )
