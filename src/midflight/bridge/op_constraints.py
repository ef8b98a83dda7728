"""The operations on constraints, as revisions call them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic import op
from alembic.operations import ops
from alembic.operations.schemaobj import SchemaObjects
from sqlalchemy import ForeignKeyConstraint, UniqueConstraint

from midflight.bridge.running import run
from midflight.bridge.sql_text import constraint_name, sql_text
from midflight.errors import MidflightError
from midflight.operations.create_check_constraint import CreateCheckConstraint
from midflight.operations.create_exclude_constraint import CreateExcludeConstraint
from midflight.operations.create_foreign_key import CreateForeignKey
from midflight.operations.create_primary_key import CreatePrimaryKey
from midflight.operations.create_unique_constraint import CreateUniqueConstraint
from midflight.operations.drop_constraint import DropConstraint
from midflight.operations.operation import SMALL_TABLE_ROWS
from midflight.operations.rename_constraint import RenameConstraint
from midflight.operations.validate_constraint import ValidateConstraint
from midflight.pg.identifiers import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Constraint
    from sqlalchemy.sql.elements import ColumnElement, TextClause


def create_foreign_key(
    constraint_name: str | None,
    source_table: str,
    referent_table: str,
    local_cols: Sequence[str],
    remote_cols: Sequence[str],
    *,
    onupdate: str | None = None,
    ondelete: str | None = None,
    deferrable: bool | None = None,
    initially: str | None = None,
    match: str | None = None,
    source_schema: str | None = None,
    referent_schema: str | None = None,
    **dialect_kw: Any,  # noqa: ANN401 - what a dialect takes
) -> None:
    """Let a table refer to another: at once for new rows; the old ones are read beside the traffic."""
    directive = ops.CreateForeignKeyOp(
        constraint_name,
        source_table,
        referent_table,
        list(local_cols),
        list(remote_cols),
        source_schema=source_schema,
        referent_schema=referent_schema,
        **dialect_kw,
    )
    of: ForeignKeyConstraint = directive.to_constraint(op.get_context())
    run(
        CreateForeignKey(
            _name(of, f"{source_table}_{'_'.join(local_cols)}_fkey"),
            source_table,
            referent_table,
            tuple(local_cols),
            tuple(remote_cols),
            onupdate=onupdate,
            ondelete=ondelete,
            deferrable=deferrable,
            initially=initially,
            match=match,
            source_schema=source_schema,
            referent_schema=referent_schema,
        )
    )


def create_check_constraint(
    constraint_name: str | None,
    table_name: str,
    condition: str | ColumnElement[bool] | TextClause,
    *,
    schema: str | None = None,
    **kw: Any,  # noqa: ANN401 - what a dialect takes
) -> None:
    """Let rows satisfy a condition: at once for new rows; the old ones are read beside the traffic."""
    directive = ops.CreateCheckConstraintOp(constraint_name, table_name, condition, schema=schema, **kw)
    name = _name(directive.to_constraint(op.get_context()), None)
    run(CreateCheckConstraint(name, table_name, sql_text(condition), schema=schema))


def create_unique_constraint(
    constraint_name: str | None,
    table_name: str,
    columns: Sequence[str],
    *,
    schema: str | None = None,
    **kw: Any,  # noqa: ANN401 - as Alembic has it
) -> None:
    """Let no two rows have the same values; the index that holds this is built beside the traffic.

    Args:
        constraint_name: its name; None takes that of the naming convention, or PostgreSQL's.
        table_name: its table.
        columns: names of columns.
        schema: of the table.
        kw: ``deferrable``, ``initially``, ``postgresql_include``, ``postgresql_nulls_not_distinct``.
    """
    directive = ops.CreateUniqueConstraintOp(constraint_name, table_name, columns, schema=schema, **kw)
    of: UniqueConstraint = directive.to_constraint(op.get_context())
    options = of.dialect_options["postgresql"]
    run(
        CreateUniqueConstraint(
            _name(of, f"{table_name}_{'_'.join(columns)}_key"),
            table_name,
            tuple(columns),
            schema=schema,
            deferrable=of.deferrable,
            initially=of.initially,
            include=tuple(str(getattr(one, "name", one)) for one in options.get("include") or ()),
            nulls_not_distinct=options.get("nulls_not_distinct") is True,
        )
    )


def create_primary_key(
    constraint_name: str | None,
    table_name: str,
    columns: Sequence[str],
    *,
    schema: str | None = None,
) -> None:
    """Give a table its primary key: rows are read for NOT NULL, and the index is built, beside the traffic."""
    directive = ops.CreatePrimaryKeyOp(constraint_name, table_name, columns, schema=schema)
    name = _name(directive.to_constraint(op.get_context()), f"{table_name}_pkey")
    run(CreatePrimaryKey(name, table_name, tuple(columns), schema=schema))


def create_exclude_constraint(
    constraint_name: str,
    table_name: str,
    *elements: tuple[str | ColumnElement[Any] | TextClause, str],
    where: str | ColumnElement[bool] | TextClause | None = None,
    schema: str | None = None,
    deferrable: bool | None = None,
    initially: str | None = None,
    using: str = "gist",
    ops: dict[str, str] | None = None,
    row_limit: int = SMALL_TABLE_ROWS,
) -> None:
    """Let no two rows overlap. PostgreSQL can only do this under a lock that stops all traffic: refused on large tables.

    Args:
        constraint_name: its name.
        table_name: its table.
        elements: each a column or an expression, and the operator, such as ``("during", "&&")``.
        where: for which rows.
        schema: of the table.
        deferrable: whether it may be checked at the end of a transaction.
        initially: DEFERRED or IMMEDIATE.
        using: the index's method.
        ops: operator classes, by column.
        row_limit: up to how many rows it is done.
    """
    classes = ops or {}
    parts = [(_element(what), classes.get(str(getattr(what, "name", what))), operator) for what, operator in elements]
    run(
        CreateExcludeConstraint(
            str(constraint_name),
            table_name,
            tuple(f"{text} {of + ' ' if of else ''}WITH {operator}" for text, of, operator in parts),
            using=using.lower(),
            where=None if where is None else sql_text(where),
            schema=schema,
            deferrable=deferrable,
            initially=initially,
            row_limit=row_limit,
        )
    )


def validate_constraint(constraint_name: str, table_name: str, *, schema: str | None = None) -> None:
    """Read the rows that were there before a NOT VALID constraint, beside the traffic."""
    run(ValidateConstraint(str(constraint_name), table_name, schema=schema))


def rename_constraint(table_name: str, old_name: str, new_name: str, *, schema: str | None = None) -> None:
    """Give a constraint another name, and the index that it has the same."""
    run(RenameConstraint(table_name, old_name, new_name, schema=schema))


def drop_constraint(
    constraint_name: str,
    table_name: str,
    type_: str | None = None,
    *,
    schema: str | None = None,
    if_exists: bool | None = None,  # noqa: ARG001 - Alembic's; a constraint that is gone is always fine
) -> None:
    """Drop a constraint, under a lock that nobody waits for."""
    name = str(constraint_name)
    if type_ is not None:  # by its kind it is called as create_… has called it
        objects = SchemaObjects(op.get_context())
        name = _name(objects.generic_constraint(constraint_name, table_name, type_, schema=schema), name)
    run(DropConstraint(name, table_name, type_=type_, schema=schema))


def _name(constraint: Constraint, otherwise: str | None) -> str:
    """Its name after the project's naming convention, or PostgreSQL's; only by its name it is found again."""
    name = constraint_name(constraint, op.get_context().dialect) or otherwise
    if name is None:
        raise MidflightError("a constraint needs a name", hint="give it one, or its metadata a naming convention")
    return name


def _element(what: str | ColumnElement[Any] | TextClause) -> str:
    return quote_identifier(what) if isinstance(what, str) else sql_text(what)
