"""The first phase of a change of columns: the new ones are there, in step with the old ones, and indexed like them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from midflight.operations.add_column import AddColumn
from midflight.operations.alter_table import AlterTable
from midflight.operations.column_change import type_text, with_columns
from midflight.operations.column_numbers import copied_grants
from midflight.operations.one_block import in_one_block
from midflight.operations.operation import Asked, Operation, OperationRefusedError
from midflight.operations.step import Step, apart
from midflight.operations.sync_triggers import create_steps
from midflight.operations.twin_copies import parts_nulls
from midflight.operations.twins import index_steps, unbuildable
from midflight.pg.identifiers import quote_identifier

if TYPE_CHECKING:
    from midflight.operations.column_change import ColumnChange
    from midflight.operations.state import Relation, State

_KEYS = frozenset({"primary key", "unique"})


@dataclass(frozen=True, slots=True)
class ExpandColumns(Operation):
    """New columns are added, kept in step with the old ones both ways, and indexed beside the traffic.

    They hold NULL in the rows that nobody has written since. What constrains the old columns holds for the new ones
    through them: NOT NULL, CHECK, foreign keys, uniqueness, and their defaults.
    """

    change: ColumnChange

    @property
    def asks(self) -> Asked:
        """Its table."""
        return Asked(relations=(self.change.table_name,))

    def steps(self, state: State) -> tuple[Step, ...]:
        """ADD COLUMN, the triggers, the indexes.

        Raises:
            OperationRefusedError: where a column cannot be kept in step.
        """
        change = self.change
        if state.known:
            must_fit(change, state)
        columns = [
            AddColumn(change.table, column, type_text(change, column, state), schema=change.schema)
            for column in change.new
        ]
        planned = with_columns(change, change.new, state)
        _must_be_buildable(change, planned)
        return (
            *apart(AlterTable(tuple(columns)).steps(state)),
            *_granted(change, planned),
            *create_steps(change.sync(state), planned),
            *index_steps(change.twins(state), _without_later_indexes(change, planned)),
        )

    def reverse(self) -> Operation:
        """Drop what is new."""
        from midflight.operations.collapse_columns import CollapseColumns  # noqa: PLC0415 - each leads to the other

        return CollapseColumns(self.change)


def must_fit(change: ColumnChange, state: State) -> None:
    """Refuse columns that are not there, or whose rows or values nobody can write.

    Raises:
        OperationRefusedError: where there is one.
    """
    relation = state.relation(change.table_name)
    if relation is None or relation.kind not in {"table", "partitioned table"}:
        raise OperationRefusedError(f"there is no table {change.table_name}")
    if relation.is_inherited:
        raise OperationRefusedError(f"{change.table_name} inherits from another table, or another from it")
    for column in change.old:
        if column not in relation.columns:
            raise OperationRefusedError(f"there is no column {column} in {change.table_name}")
        _must_be_no_key_of_partitions(change, column, relation)


def _granted(change: ColumnChange, state: State) -> tuple[Step, ...]:
    """Who may use a renamed column may use the new one."""
    relation = state.relation(change.table_name)
    if not change.is_rename or relation is None or not relation.columns[change.old[0]].granted:
        return ()
    [old], [new] = change.old, change.new
    return (
        Step(
            says=f"privileges of {new} ({change.table_name})",
            sql=in_one_block([copied_grants(relation.name, old, new)]),
            done=lambda now: _is_granted(change, now),
        ),
    )


def _is_granted(change: ColumnChange, now: State) -> bool:
    found = now.column(change.table_name, change.new[0])
    return found is not None and found.granted


def _must_be_buildable(change: ColumnChange, state: State) -> None:
    reasons = unbuildable(change.twins(state), state)
    if reasons:
        raise OperationRefusedError(
            "; ".join(reasons), hint="drop the constraint before, and make it again where its stall can be borne"
        )


def _without_later_indexes(change: ColumnChange, state: State) -> State:
    """Leave out what the contract builds: unique indexes that take the NULLs of rows that are not filled for equal."""
    relation = state.relation(change.table_name)
    if relation is None:
        return state
    indexes = {name: index for name, index in relation.indexes.items() if parts_nulls(index)}
    now = replace(relation, indexes=indexes)
    return replace(state, relations={**state.relations, change.table_name: now, relation.name: now})


def _must_be_no_key_of_partitions(change: ColumnChange, column: str, relation: Relation) -> None:
    if relation.partition_key is None:
        return
    by = {element.sql for element in relation.partition_key.elements}
    if not by.isdisjoint({column, quote_identifier(column)}):
        raise OperationRefusedError(
            f"{change.table_name} is partitioned by {column}, which cannot be changed while the table is there",
            hint="make a table that is partitioned by the new column, and move the rows",
        )
    keys = [name for name, one in relation.constraints.items() if one.kind in _KEYS and column in one.columns]
    if keys and change.is_rename:
        raise OperationRefusedError(
            f"{change.table_name}.{column} is in the key {keys[0]}: PostgreSQL takes no index for the key of a "
            "partitioned table",
            hint="rename it at once, without a phase, in a maintenance window",
        )
