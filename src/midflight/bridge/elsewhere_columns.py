"""Operations on columns and tables on another database, by Alembic's batch mode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from midflight.operations.alter_table import AlterTable
from midflight.operations.backfill import DropBackfill, RegisterBackfill, assigned, in_brackets
from midflight.operations.drop_column import DropColumn
from midflight.operations.drop_default import DropDefault
from midflight.operations.drop_not_null import DropNotNull
from midflight.operations.drop_table import DropTable
from midflight.operations.rename_column import RenameColumn
from midflight.operations.rename_table import RenameTable
from midflight.operations.rename_table_phases import ExpandTableRename, UndoExpandTableRename
from midflight.operations.set_default import SetDefault
from midflight.operations.set_not_null import SetNotNull

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from alembic.operations import Operations


def _set_not_null(operations: Operations, change: SetNotNull) -> None:
    _alter(operations, change, nullable=False)


def _drop_not_null(operations: Operations, change: DropNotNull) -> None:
    _alter(operations, change, nullable=True)


def _set_default(operations: Operations, change: SetDefault) -> None:
    _alter(operations, change, server_default=text(change.default))


def _drop_default(operations: Operations, change: DropDefault) -> None:
    _alter(operations, change, server_default=None)


def _rename_column(operations: Operations, change: RenameColumn) -> None:
    _alter(operations, change, new_column_name=change.new_name)


def _drop_column(operations: Operations, change: DropColumn) -> None:
    with operations.batch_alter_table(change.table, schema=change.schema) as batch:
        batch.drop_column(change.column)


def _alter_table(operations: Operations, group: AlterTable) -> None:
    for change in group.changes:
        FORMS[type(change)](operations, change)


def _drop_table(operations: Operations, change: DropTable) -> None:
    operations.drop_table(change.table, schema=change.schema, if_exists=True)


def _rename_table(operations: Operations, change: RenameTable | ExpandTableRename) -> None:
    operations.rename_table(change.table, change.new_name, schema=change.schema)


def _rename_table_back(operations: Operations, change: UndoExpandTableRename) -> None:
    operations.rename_table(change.new_name, change.table, schema=change.schema)


def _backfill(operations: Operations, change: RegisterBackfill) -> None:
    """At once; a function needs PostgreSQL."""
    if change.function is None:
        where = f" WHERE {in_brackets(change.condition, '')}" if change.condition else ""
        operations.execute(f"UPDATE {change.table_name.sql} SET {assigned(change.assignments)}{where}")  # noqa: S608 - the revision's own SQL


def _drop_backfill(operations: Operations, change: DropBackfill) -> None:
    """There is no ledger to forget it."""


def _alter(operations: Operations, change: Any, **what: Any) -> None:  # noqa: ANN401 - any change of a column
    with operations.batch_alter_table(change.table, schema=change.schema) as batch:
        batch.alter_column(change.column, **what)


FORMS: Mapping[type, Callable[[Operations, Any], None]] = {
    AlterTable: _alter_table,
    DropBackfill: _drop_backfill,
    DropColumn: _drop_column,
    DropDefault: _drop_default,
    DropNotNull: _drop_not_null,
    DropTable: _drop_table,
    ExpandTableRename: _rename_table,
    RegisterBackfill: _backfill,
    RenameColumn: _rename_column,
    RenameTable: _rename_table,
    SetDefault: _set_default,
    SetNotNull: _set_not_null,
    UndoExpandTableRename: _rename_table_back,
}
