"""The operations on whole tables, as revisions call them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic import op
from alembic.operations.schemaobj import SchemaObjects

from midflight.bridge.running import is_elsewhere, run
from midflight.bridge.table_text import read_table
from midflight.operations.comment_table import CommentTable
from midflight.operations.drop_table import DropTable
from midflight.operations.phase import Phase
from midflight.operations.rename_table import RenameTable
from midflight.operations.rename_table_phases import ContractTableRename, ExpandTableRename

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlalchemy.schema import SchemaItem

_RENAMES = {Phase.EXPAND: ExpandTableRename, Phase.MIGRATE: None, Phase.CONTRACT: ContractTableRename}


def create_table(table_name: str, *columns: SchemaItem, if_not_exists: bool | None = None, **kw: Any) -> Table:  # noqa: ANN401 - as Alembic has it
    """Make a table, with its constraints, its indexes and the enums of its columns, and return it.

    Args:
        table_name: its name.
        columns: SQLAlchemy's columns and constraints.
        if_not_exists: makes no difference: the same table is let be, another one of that name is refused.
        kw: ``schema``, ``comment``, ``prefixes`` and what else SQLAlchemy's Table takes.
    """
    if is_elsewhere():
        return op.create_table(table_name, *columns, if_not_exists=if_not_exists, **kw)
    table = SchemaObjects(op.get_context()).table(table_name, *columns, **kw)
    run(read_table(table))
    return table


def drop_table(
    table_name: str,
    *,
    schema: str | None = None,
    if_exists: bool | None = None,  # noqa: ARG001 - Alembic's; a table that is gone is always fine
    **kw: Any,  # noqa: ANN401, ARG001 - what a dialect takes
) -> None:
    """Drop a table, with its rows; code that uses it fails from then on."""
    run(DropTable(table_name, schema=schema))


def rename_table(
    old_table_name: str,
    new_table_name: str,
    *,
    schema: str | None = None,
    phase: Phase | str | None = None,
    undo: bool = False,
) -> None:
    """Give a table another name; in phases code goes on with the old one.

    With ``phase="expand"`` the table gets the new name, and a view through which it is read and written gets the old
    one, in one transaction. With ``phase="migrate"`` there is nothing to do. With ``phase="contract"`` the view goes.
    Without a phase code that uses the old name fails from then on: no deployment is quick enough.

    Args:
        old_table_name: its name until now.
        new_table_name: its name from now on.
        schema: of the table.
        phase: ``"expand"``, ``"migrate"`` or ``"contract"``; the revision says the same as ``phase = ...``.
        undo: whether the phase is taken back, in ``downgrade()``.

    Raises:
        ValueError: where there is no such phase, or none that could be undone.
    """
    if phase is None and undo:
        msg = "rename_table: undo=True takes a phase back; say which"
        raise ValueError(msg)
    made = RenameTable if phase is None else _RENAMES[Phase(phase)]
    if made is not None:
        operation = made(old_table_name, new_table_name, schema=schema)
        run(operation.reverse() if undo else operation)


def comment_table(
    table_name: str, comment: str | None, *, schema: str | None = None, existing_comment: str | None = None
) -> None:
    """Describe a table; None takes the description away."""
    run(CommentTable(table_name, comment, schema=schema, existing=existing_comment))


def create_table_comment(
    table_name: str, comment: str | None, *, existing_comment: str | None = None, schema: str | None = None
) -> None:
    """Describe a table; Alembic's name of ``comment_table``."""
    comment_table(table_name, comment, schema=schema, existing_comment=existing_comment)


def drop_table_comment(table_name: str, *, existing_comment: str | None = None, schema: str | None = None) -> None:
    """Take a table's description away; Alembic's name of ``comment_table`` with None."""
    comment_table(table_name, None, schema=schema, existing_comment=existing_comment)
