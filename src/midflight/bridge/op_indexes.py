"""The operations on indexes, as revisions call them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic import op
from alembic.operations.ops import CreateIndexOp

from midflight.bridge.index_elements import read_index
from midflight.bridge.running import run
from midflight.errors import MidflightError
from midflight.operations.drop_index import DropIndex
from midflight.operations.reindex import Reindex
from midflight.operations.rename_index import RenameIndex

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.sql.elements import ColumnElement, TextClause


def create_index(
    index_name: str | None,
    table_name: str,
    columns: Sequence[str | TextClause | ColumnElement[Any]],
    *,
    schema: str | None = None,
    unique: bool = False,
    if_not_exists: bool | None = None,  # noqa: ARG001 - Alembic's; an index that is there is always let be
    **kw: Any,  # noqa: ANN401 - what a dialect takes
) -> None:
    """Build an index beside the traffic; on a partitioned table on each partition.

    Args:
        index_name: its name.
        table_name: its table.
        columns: names, ``sa.text("lower(name)")`` or SQLAlchemy expressions such as ``sa.func.lower(sa.column("name"))``.
        schema: of the table.
        unique: whether no two rows may have the same key.
        if_not_exists: makes no difference: the same index is let be, another one of that name is refused.
        kw: ``postgresql_using``, ``postgresql_ops``, ``postgresql_where``, ``postgresql_include``, ``postgresql_with``,
            ``postgresql_tablespace``, ``postgresql_nulls_not_distinct``, as SQLAlchemy's Index takes them.
    """
    directive = CreateIndexOp(index_name, table_name, columns, schema=schema, unique=unique, **kw)
    run(read_index(op.get_context(), directive))


def drop_index(
    index_name: str,
    table_name: str | None = None,
    *,
    schema: str | None = None,
    if_exists: bool | None = None,  # noqa: ARG001 - Alembic's; an index that is gone is always fine
    **kw: Any,  # noqa: ANN401, ARG001 - what a dialect takes; PostgreSQL's is done anyway
) -> None:
    """Drop an index beside the traffic; on a partitioned table quickly, under locks that nobody waits for."""
    run(DropIndex(str(index_name), table_name, schema=schema))


def reindex(index_name: str | None = None, *, table_name: str | None = None, schema: str | None = None) -> None:
    """Build an index anew beside the traffic, or all indexes of a table one by one; what a failed try left is dropped."""
    if (index_name is None) == (table_name is None):
        raise MidflightError("reindex takes one index or one table", hint='op.reindex("ix_orders_total")')
    run(Reindex(index_name, table=table_name, schema=schema))


def rename_index(old_name: str, new_name: str, *, schema: str | None = None) -> None:
    """Give an index another name; no query waits for it."""
    run(RenameIndex(old_name, new_name, schema=schema))
