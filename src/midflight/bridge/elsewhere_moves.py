"""A column that moves to another table on another database, such as SQLite, where nobody writes meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import op
from sqlalchemy import Column, MetaData, Table, select, update

from midflight.operations.phase import Phase

if TYPE_CHECKING:
    from midflight.operations.column_move import ColumnMove, End


def move_elsewhere(move: ColumnMove, phase: Phase, *, undo: bool) -> None:
    """Add the column, fill it, drop the old one; or back."""
    match phase, undo:
        case Phase.EXPAND, False:
            _add(move.target, like=move.source)
        case Phase.EXPAND, True:
            _drop(move.target)
        case Phase.MIGRATE, False:
            _fill(move.target, of=move.source)
        case Phase.CONTRACT, False:
            _drop(move.source)
        case Phase.CONTRACT, True:
            _add(move.source, like=move.target)
            _fill(move.source, of=move.target)


def _add(end: End, *, like: End) -> None:
    column = _table(like).c[like.column]
    with op.batch_alter_table(end.table.name, schema=end.table.schema) as batch:
        batch.add_column(Column(end.column, column.type))


def _fill(end: End, *, of: End) -> None:
    to, source = _table(end), _table(of)
    belongs = [source.c[theirs] == to.c[ours] for theirs, ours in zip(of.keys, end.keys, strict=True)]
    value = select(source.c[of.column]).where(*belongs).scalar_subquery()
    op.execute(update(to).values({end.column: value}))


def _drop(end: End) -> None:
    with op.batch_alter_table(end.table.name, schema=end.table.schema) as batch:
        batch.drop_column(end.column)


def _table(end: End) -> Table:
    return Table(end.table.name, MetaData(), schema=end.table.schema, autoload_with=op.get_bind())
