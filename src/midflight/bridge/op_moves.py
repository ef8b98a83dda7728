"""A column that moves to another table, as revisions call it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.bridge.column_text import ServerDefault, default_text
from midflight.bridge.elsewhere_moves import move_elsewhere
from midflight.bridge.running import is_elsewhere, run
from midflight.operations.column_move import ColumnMove
from midflight.operations.move_column import ContractMove, ExpandMove, RestoreMove, forgotten, migration
from midflight.operations.phase import Phase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from midflight.operations.operation import Operation


def move_column(
    table_name: str,
    column_name: str,
    to_table: str,
    *,
    on: Mapping[str, str],
    phase: Phase | str,
    to_column: str | None = None,
    schema: str | None = None,
    to_schema: str | None = None,
    undo: bool = False,
    existing_nullable: bool = True,
    existing_server_default: ServerDefault = None,
) -> None:
    """Move a column to another table, in three revisions; meanwhile what is written to either table is in both.

    With ``phase="expand"`` the other table gets the column, and triggers keep both in step: also for a row that finds
    its partner later. With ``phase="migrate"`` the rows that are there are filled in the background. With
    ``phase="contract"`` the old column goes, unless a value in it has no row to go to.

    A row of one table belongs to one of the other: without a unique key on both sides of ``on`` it is refused. The new
    column may be NULL and has no default; what else it needs (NOT NULL, an index), revisions of your own give it.

    Args:
        table_name: the table that has it.
        column_name: the column.
        to_table: the table that gets it.
        on: which rows belong together: columns of the new table, each with that of the old one, such as
            ``{"user_id": "id"}``.
        phase: ``"expand"``, ``"migrate"`` or ``"contract"``; the revision says the same as ``phase = ...``.
        to_column: its name there; None keeps the name.
        schema: of the table that has it.
        to_schema: of the table that gets it; None takes the same.
        undo: whether the phase is taken back, in ``downgrade()``.
        existing_nullable: whether the old column may be NULL, for the way back from the contract.
        existing_server_default: the default of the old column, for the way back from the contract.

    Raises:
        ValueError: where there is no such phase.
    """
    move = ColumnMove(
        table_name,
        column_name,
        to_table,
        to_column or column_name,
        tuple(on.items()),
        schema=schema,
        to_schema=to_schema if to_schema is not None else schema,
    )
    phase = Phase(phase)
    if is_elsewhere():
        move_elsewhere(move, phase, undo=undo)
    elif undo and phase is Phase.CONTRACT:
        default = None if existing_server_default is None else default_text(existing_server_default)
        run(RestoreMove(move, nullable=existing_nullable, default=default))
    else:
        run(_undone(move, phase) if undo else _done(move, phase))


def _done(move: ColumnMove, phase: Phase) -> Operation:
    match phase:
        case Phase.EXPAND:
            return ExpandMove(move)
        case Phase.MIGRATE:
            return migration(move)
        case Phase.CONTRACT:
            return ContractMove(move)


def _undone(move: ColumnMove, phase: Phase) -> Operation:
    return forgotten(move) if phase is Phase.MIGRATE else _done(move, phase).reverse()
