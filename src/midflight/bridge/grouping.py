"""Several changes of one table, as a revision groups them, under one lock."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from alembic import op
from alembic.operations.schemaobj import SchemaObjects

from midflight.bridge import op_columns
from midflight.bridge.column_text import ServerDefault, default_text, read_added
from midflight.bridge.inline_constraints import add_inline
from midflight.bridge.running import is_elsewhere, run
from midflight.operations.alter_table import AlterTable
from midflight.operations.drop_column import DropColumn
from midflight.operations.drop_default import DropDefault
from midflight.operations.drop_not_null import DropNotNull
from midflight.operations.operation import SMALL_TABLE_ROWS
from midflight.operations.set_default import SetDefault
from midflight.operations.set_not_null import SetNotNull

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Column
    from sqlalchemy.types import TypeEngine

    from midflight.operations.alter_table import TableChange


class TableChanges:
    """The changes of one table; each method is the operation of the same name."""

    def __init__(self, table_name: str, schema: str | None) -> None:
        self._table = table_name
        self._schema = schema
        self._changes: list[TableChange] = []
        self._after: list[Callable[[], None]] = []

    def run(self) -> None:
        """Do them: one ALTER TABLE, and then what each has to do beside the traffic."""
        if self._changes:
            run(AlterTable(tuple(self._changes)))
        for work in self._after:
            work()

    def add_column(self, column: Column[Any], *, row_limit: int = SMALL_TABLE_ROWS) -> None:
        """Add a column."""
        if is_elsewhere():
            op_columns.add_column(self._table, column, schema=self._schema)
            return
        context = op.get_context()
        added = column._copy() if column.table is not None else column  # noqa: SLF001 - as Alembic does it
        table = SchemaObjects(context).table(self._table, added, schema=self._schema)
        self._changes.append(read_added(self._table, added, self._schema, row_limit))
        self._after.append(lambda: add_inline(context, table, primary_key=False))

    def drop_column(self, column_name: str) -> None:
        """Drop a column."""
        self._changes.append(DropColumn(self._table, column_name, schema=self._schema))

    def set_default(self, column_name: str, server_default: ServerDefault) -> None:
        """Give new rows another default."""
        text = default_text(server_default)
        self._changes.append(SetDefault(self._table, column_name, text, schema=self._schema))

    def drop_default(self, column_name: str) -> None:
        """Take a column's default away."""
        self._changes.append(DropDefault(self._table, column_name, schema=self._schema))

    def set_not_null(self, column_name: str) -> None:
        """Let no row hold NULL in a column any more."""
        self._changes.append(SetNotNull(self._table, column_name, schema=self._schema))

    def drop_not_null(self, column_name: str) -> None:
        """Let a column hold NULL."""
        self._changes.append(DropNotNull(self._table, column_name, schema=self._schema))

    def alter_column_type(
        self,
        column_name: str,
        type_: TypeEngine[Any] | type[TypeEngine[Any]],
        *,
        using: str | None = None,
        row_limit: int = SMALL_TABLE_ROWS,
    ) -> None:
        """Change a column's type."""
        if is_elsewhere():
            op_columns.alter_column_type(self._table, column_name, type_, schema=self._schema)
            return
        self._changes.append(
            op_columns.altered_type(self._table, column_name, type_, self._schema, using, None, row_limit)
        )


@contextlib.contextmanager
def alter_table(table_name: str, *, schema: str | None = None) -> Iterator[TableChanges]:
    """Make several changes of one table under one lock.

    So::

    with op.alter_table("orders") as table:
        table.add_column(sa.Column("currency", sa.String(3), nullable=False, server_default="EUR"))
        table.drop_column("legacy_code")
    """
    changes = TableChanges(table_name, schema)
    yield changes
    changes.run()
