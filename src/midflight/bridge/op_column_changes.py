"""Changes of columns that old and new code live through together, as revisions call them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from midflight.bridge.backfill_text import revision_of
from midflight.bridge.column_text import type_text
from midflight.bridge.running import is_elsewhere, run
from midflight.operations.column_change import ColumnChange, renamed
from midflight.operations.contract_columns import ContractColumns
from midflight.operations.expand_columns import ExpandColumns
from midflight.operations.fill_columns import FillColumns
from midflight.operations.phase import Phase
from midflight.operations.rename_column import RenameColumn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.types import TypeEngine

    from midflight.operations.operation import Operation

    AnyType = TypeEngine[Any] | type[TypeEngine[Any]] | str


def rename_column(
    table_name: str,
    old_name: str,
    new_name: str,
    *,
    schema: str | None = None,
    phase: Phase | str | None = None,
    undo: bool = False,
) -> None:
    """Give a column another name: in three revisions, while code that uses either name runs; or at once.

    With ``phase="expand"`` the new column is added, and both are kept in step, whichever is written; it is indexed as
    the old one is. With ``phase="migrate"`` the rows that are there are filled in the background. With
    ``phase="contract"``, which fails while they are not, the new column gets constraints, default, identity and
    comment, and the old one goes, in one short transaction. Until then NULL is read from the new column in rows that
    are not filled yet. Without a phase it is renamed at once, and code that uses the old name fails from then on: no
    deployment is quick enough.

    Args:
        table_name: its table.
        old_name: the column.
        new_name: its new name.
        schema: of the table.
        phase: ``"expand"``, ``"migrate"`` or ``"contract"``; the revision says the same as ``phase = ...``.
        undo: whether the phase is taken back, in ``downgrade()``. Nothing is lost that was written to either column.

    Raises:
        ValueError: where there is no such phase, or where nothing is told that could be undone.
    """
    if phase is None and undo:
        msg = "rename_column: undo=True takes a phase back; say which"
        raise ValueError(msg)
    if phase is None:
        run(RenameColumn(table_name, old_name, new_name, schema=schema))
    elif not is_elsewhere():
        _run(renamed(table_name, old_name, new_name, schema), phase, undo=undo)
    elif Phase(phase) is Phase.CONTRACT:
        names = (new_name, old_name) if undo else (old_name, new_name)
        run(RenameColumn(table_name, *names, schema=schema))


def split_column(
    table_name: str,
    column_name: str,
    into: Mapping[str, tuple[AnyType, str]],
    *,
    back: str,
    phase: Phase | str,
    schema: str | None = None,
    existing_type: AnyType | None = None,
    undo: bool = False,
) -> None:
    """Let several columns take the place of one, in three revisions, while code that uses either side runs.

    As ``rename_column`` in phases, but for what hangs on the old column: its indexes, constraints and default go with
    it. Give the new columns theirs by operations of their own: indexes after the expand, ``set_not_null`` after the
    contract; and the old one, where the contract is taken back. ::

        op.split_column("users", "name", {
            "first_name": (sa.Text, "split_part(name, ' ', 1)"),
            "last_name": (sa.Text, "substr(name, strpos(name || ' ', ' ') + 1)"),
        }, back="concat_ws(' ', first_name, last_name)", phase="expand")

    What is written to one side is never overwritten by what the other side makes of it: a name that does not survive
    the way there and back stays as it was written.

    Args:
        table_name: the table.
        column_name: the column that goes.
        into: each new column, with its type and its value as SQL over the old column.
        back: the value of the old column, as SQL over the new ones.
        phase: ``"expand"``, ``"migrate"`` or ``"contract"``.
        schema: of the table.
        existing_type: of the old column, for the way back from the contract.
        undo: whether the phase is taken back, in ``downgrade()``.

    Raises:
        ValueError: where there is no such phase.
    """
    types = {column: type_ for column, (type_, _) in into.items()}
    if existing_type is not None:
        types[column_name] = existing_type
    change = ColumnChange(
        table_name,
        forward=tuple((column, value) for column, (_, value) in into.items()),
        back=((column_name, back),),
        schema=schema,
        types=_types(types),
    )
    _run(change, phase, undo=undo)


def merge_columns(
    table_name: str,
    columns: Mapping[str, str],
    into: str,
    type_: AnyType,
    value: str,
    *,
    phase: Phase | str,
    schema: str | None = None,
    existing_types: Mapping[str, AnyType] | None = None,
    undo: bool = False,
) -> None:
    """Let one column take the place of several, in three revisions, while code that uses either side runs.

    The reverse of ``split_column``, whose notes hold here, too. ::

        op.merge_columns("users", {
            "first_name": "split_part(name, ' ', 1)",
            "last_name": "substr(name, strpos(name || ' ', ' ') + 1)",
        }, "name", sa.Text, "concat_ws(' ', first_name, last_name)", phase="expand")

    Args:
        table_name: the table.
        columns: each column that goes, with its value as SQL over the new one.
        into: the new column.
        type_: its type.
        value: its value, as SQL over the old columns.
        phase: ``"expand"``, ``"migrate"`` or ``"contract"``.
        schema: of the table.
        existing_types: of the old columns, for the way back from the contract.
        undo: whether the phase is taken back, in ``downgrade()``.

    Raises:
        ValueError: where there is no such phase.
    """
    change = ColumnChange(
        table_name,
        forward=((into, value),),
        back=tuple(columns.items()),
        schema=schema,
        types=_types({**(existing_types or {}), into: type_}),
    )
    _run(change, phase, undo=undo)


def _run(change: ColumnChange, phase: Phase | str, *, undo: bool) -> None:
    operation = _operation(change, Phase(phase))
    run(operation.reverse() if undo else operation)


def _operation(change: ColumnChange, phase: Phase) -> Operation:
    match phase:
        case Phase.EXPAND:
            return ExpandColumns(change)
        case Phase.MIGRATE:
            return FillColumns(change, revision=revision_of())
        case Phase.CONTRACT:
            return ContractColumns(change)


def _types(types: Mapping[str, AnyType]) -> tuple[tuple[str, str], ...]:
    return tuple((column, type_ if isinstance(type_, str) else type_text(type_)) for column, type_ in types.items())
