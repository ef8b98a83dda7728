"""The operations on columns, as revisions call them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from alembic import op
from alembic.operations.schemaobj import SchemaObjects
from sqlalchemy import Column, Computed, Identity
from sqlalchemy.types import to_instance

from midflight.bridge.column_text import ServerDefault, default_text, read_added, type_text
from midflight.bridge.inline_constraints import add_inline
from midflight.bridge.running import is_elsewhere, run
from midflight.operations.alter_column_type import AlterColumnType
from midflight.operations.alter_table import AlterTable
from midflight.operations.comment_column import CommentColumn
from midflight.operations.drop_column import DropColumn
from midflight.operations.drop_default import DropDefault
from midflight.operations.drop_not_null import DropNotNull
from midflight.operations.operation import SMALL_TABLE_ROWS
from midflight.operations.rename_column import RenameColumn
from midflight.operations.set_default import SetDefault
from midflight.operations.set_not_null import SetNotNull

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine

    from midflight.operations.alter_table import TableChange

    AnyType = TypeEngine[Any] | type[TypeEngine[Any]]


def add_column(
    table_name: str,
    column: Column[Any],
    *,
    schema: str | None = None,
    if_not_exists: bool | None = None,  # noqa: ARG001 - Alembic's; a column of that type that is there is always let be
    inline_references: bool | None = None,  # noqa: ARG001 - Alembic's; a foreign key is always validated apart
    inline_primary_key: bool | None = None,
    row_limit: int = SMALL_TABLE_ROWS,
) -> None:
    """Add a column. Where each row needs a value of its own, they are filled in batches beside the traffic.

    Args:
        table_name: its table.
        column: with ``server_default``, ``Identity``, ``Computed``, ``ForeignKey``, ``CheckConstraint``, ``unique``,
            ``index`` and ``comment``. What it refers to and what constrains it is validated beside the traffic.
        schema: of the table.
        if_not_exists: makes no difference: the same column is let be, another one of that name is refused.
        inline_references: makes no difference.
        inline_primary_key: whether a column with ``primary_key=True`` becomes the primary key.
        row_limit: up to how many rows a table is written anew for a stored generated column, or for a domain with
            constraints, while all queries on it wait.
    """
    if is_elsewhere():
        with op.batch_alter_table(table_name, schema=schema) as batch:
            batch.add_column(column)
        return
    context = op.get_context()
    added = column._copy() if column.table is not None else column  # noqa: SLF001 - as Alembic does it
    table = SchemaObjects(context).table(table_name, added, schema=schema)
    run(read_added(table_name, added, schema, row_limit))
    add_inline(context, table, primary_key=bool(inline_primary_key))


def drop_column(
    table_name: str,
    column_name: str,
    *,
    schema: str | None = None,
    **kw: Any,  # noqa: ANN401, ARG001 - what a dialect takes
) -> None:
    """Drop a column, with the indexes and constraints that have it in them; code that uses it fails from then on."""
    run(DropColumn(table_name, column_name, schema=schema))


def set_not_null(table_name: str, column_name: str, *, schema: str | None = None) -> None:
    """Let no row hold NULL in a column any more; the rows that are there are read beside the traffic."""
    run(SetNotNull(table_name, column_name, schema=schema))


def drop_not_null(table_name: str, column_name: str, *, schema: str | None = None) -> None:
    """Let a column hold NULL."""
    run(DropNotNull(table_name, column_name, schema=schema))


def set_default(
    table_name: str,
    column_name: str,
    server_default: ServerDefault,
    *,
    schema: str | None = None,
    existing_server_default: ServerDefault = None,
) -> None:
    """Give new rows another default; those that are there keep what they have.

    Args:
        table_name: its table.
        column_name: the column.
        server_default: as ``server_default`` of a Column: text is a value, ``sa.text("now()")`` is SQL; a number, True
            and False are themselves.
        schema: of the table.
        existing_server_default: the default until now.
    """
    existing = None if existing_server_default is None else default_text(existing_server_default)
    run(SetDefault(table_name, column_name, default_text(server_default), schema=schema, existing=existing))


def drop_default(table_name: str, column_name: str, *, schema: str | None = None) -> None:
    """Take a column's default away; an INSERT that leaves the column out gets NULL from then on."""
    run(DropDefault(table_name, column_name, schema=schema))


def comment_column(
    table_name: str,
    column_name: str,
    comment: str | None,
    *,
    schema: str | None = None,
    existing_comment: str | None = None,
) -> None:
    """Describe a column; None takes the description away."""
    run(CommentColumn(table_name, column_name, comment, schema=schema, existing=existing_comment))


def alter_column_type(
    table_name: str,
    column_name: str,
    type_: AnyType,
    *,
    schema: str | None = None,
    using: str | None = None,
    existing_type: AnyType | None = None,
    row_limit: int = SMALL_TABLE_ROWS,
) -> None:
    """Change a column's type, where its rows stay as they are or are few; else it is refused, with the way round.

    Args:
        table_name: its table.
        column_name: the column.
        type_: SQLAlchemy's.
        schema: of the table.
        using: how a new value is made of an old one, as SQL.
        existing_type: the type until now.
        row_limit: up to how many rows the table may be written anew, while all queries on it wait.
    """
    if is_elsewhere():
        with op.batch_alter_table(table_name, schema=schema) as batch:
            batch.alter_column(column_name, type_=type_, existing_type=existing_type)
        return
    run(altered_type(table_name, column_name, type_, schema, using, existing_type, row_limit))


def altered_type(  # noqa: PLR0917 - in the order of the operation
    table: str,
    column: str,
    type_: AnyType,
    schema: str | None,
    using: str | None,
    existing: AnyType | None,
    row_limit: int,
) -> AlterColumnType:
    """Return the operation that changes a type."""
    return AlterColumnType(
        table,
        column,
        type_text(type_),
        schema=schema,
        using=using,
        existing=None if existing is None else type_text(existing),
        row_limit=row_limit,
    )


def alter_column(
    table_name: str,
    column_name: str,
    *,
    nullable: bool | None = None,
    comment: str | Literal[False] | None = False,
    server_default: ServerDefault = False,
    new_column_name: str | None = None,
    type_: AnyType | None = None,
    existing_type: AnyType | None = None,
    existing_server_default: ServerDefault = False,
    existing_nullable: bool | None = None,
    existing_comment: str | None = None,
    schema: str | None = None,
    row_limit: int = SMALL_TABLE_ROWS,
    **kw: Any,  # noqa: ANN401 - what a dialect takes
) -> None:
    """Change a column in several ways at once; each is done as its own operation does it.

    Takes what Alembic's ``alter_column`` takes, ``postgresql_using`` too, and ``row_limit`` as ``alter_column_type``.
    """
    if is_elsewhere() or isinstance(server_default, Computed | Identity):
        stock: dict[str, Any] = {"nullable": nullable, "comment": comment, "server_default": server_default}
        existing: dict[str, Any] = {
            "existing_type": existing_type,
            "existing_server_default": existing_server_default,
            "existing_nullable": existing_nullable,
            "existing_comment": existing_comment,
        }
        _stock_alter_column(table_name, column_name, schema, new_column_name, type_, {**stock, **existing, **kw})
        return
    changes: list[TableChange] = []
    if type_ is not None:
        using = kw.get("postgresql_using")
        changes.append(altered_type(table_name, column_name, type_, schema, using, existing_type, row_limit))
    if server_default is None:
        changes.append(DropDefault(table_name, column_name, schema=schema))
    elif server_default is not False:
        changes.append(SetDefault(table_name, column_name, default_text(server_default), schema=schema))
    if nullable is not None:
        changes.append((DropNotNull if nullable else SetNotNull)(table_name, column_name, schema=schema))
    if changes:
        run(AlterTable(tuple(changes)))
    if comment is not False:
        run(CommentColumn(table_name, column_name, comment, schema=schema, existing=existing_comment))
    if new_column_name is not None and new_column_name != column_name:
        run(RenameColumn(table_name, column_name, new_column_name, schema=schema))


def _stock_alter_column(  # noqa: PLR0917 - in the order of the operation
    table: str, column: str, schema: str | None, new_name: str | None, type_: AnyType | None, options: dict[str, Any]
) -> None:
    options = {**options, "new_column_name": new_name, "type_": None if type_ is None else to_instance(type_)}
    if is_elsewhere():
        with op.batch_alter_table(table, schema=schema) as batch:
            batch.alter_column(column, **options)
    else:
        op.alter_column(table, column, schema=schema, **options)
