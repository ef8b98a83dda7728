"""A change of type in phases, as revisions call it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from midflight.bridge.backfill_text import revision_of
from midflight.bridge.column_text import type_text
from midflight.bridge.op_columns import alter_column_type
from midflight.bridge.running import is_elsewhere, run
from midflight.operations.contract_type import ContractType
from midflight.operations.expand_type import ExpandType
from midflight.operations.migrate_type import MigrateType
from midflight.operations.operation import SMALL_TABLE_ROWS
from midflight.operations.phase import Phase
from midflight.operations.type_change import TypeChange

if TYPE_CHECKING:
    from sqlalchemy.types import TypeEngine

    from midflight.operations.operation import Operation

    AnyType = TypeEngine[Any] | type[TypeEngine[Any]]


def change_type(
    table_name: str,
    column_name: str,
    type_: AnyType,
    *,
    existing_type: AnyType | None = None,
    using: str | None = None,
    back: str | None = None,
    schema: str | None = None,
    phase: Phase | str | None = None,
    undo: bool = False,
    row_limit: int = SMALL_TABLE_ROWS,
) -> None:
    """Change a column's type on a table of any size, in three revisions: keys and those that refer to them included.

    With ``phase="expand"`` a column of the new type is added beside the old one and follows it; so are the columns
    of all tables whose foreign keys lead to it. With ``phase="migrate"`` the rows that are there are filled in the
    background. With ``phase="contract"`` the indexes and constraints are built for the new columns beside the traffic,
    and then both change places in one short transaction. The application uses one name all the time. Without a phase
    it is ``alter_column_type``.

    Args:
        table_name: its table.
        column_name: the column.
        type_: SQLAlchemy's.
        existing_type: the type until now, for the way back.
        using: how a new value is made of an old one, as SQL over the column; else as an assignment does it.
        back: how an old value is made of a new one, for the way back from the contract.
        schema: of the table.
        phase: ``"expand"``, ``"migrate"`` or ``"contract"``; the revision says the same as ``phase = ...``.
        undo: whether the phase is taken back, in ``downgrade()``.
        row_limit: up to how many rows a table may be written anew, while all queries on it wait: without a phase, and
            on the way back from the contract.

    Raises:
        ValueError: where there is no such phase, or where nothing is told that could be undone.
    """
    if phase is None and undo:
        msg = "change_type: undo=True takes a phase back; say which"
        raise ValueError(msg)
    if phase is None or (is_elsewhere() and Phase(phase) is Phase.CONTRACT):
        _at_once(table_name, column_name, type_, existing_type, schema, using, row_limit, undo=undo)
        return
    change = TypeChange(
        table_name,
        column_name,
        type_text(type_),
        schema=schema,
        existing=None if existing_type is None else type_text(existing_type),
        using=using,
        back=back,
        row_limit=row_limit,
    )
    operation = _operation(change, Phase(phase))
    run(operation.reverse() if undo else operation)


def _operation(change: TypeChange, phase: Phase) -> Operation:
    match phase:
        case Phase.EXPAND:
            return ExpandType(change)
        case Phase.MIGRATE:
            return MigrateType(change, revision=revision_of())
        case Phase.CONTRACT:
            return ContractType(change)


def _at_once(  # noqa: PLR0917 - in the order of the operation
    table: str,
    column: str,
    type_: AnyType,
    existing: AnyType | None,
    schema: str | None,
    using: str | None,
    row_limit: int,
    *,
    undo: bool,
) -> None:
    if not undo:
        alter_column_type(table, column, type_, schema=schema, using=using, existing_type=existing, row_limit=row_limit)
    elif existing is not None:
        alter_column_type(table, column, existing, schema=schema, existing_type=type_, row_limit=row_limit)
