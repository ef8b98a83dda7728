"""What a change of type beside the traffic cannot take along: it is refused before the first statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.operations.operation import OperationRefusedError
from midflight.operations.same_type import is_same_type, normal_type
from midflight.operations.twins import unbuildable
from midflight.operations.type_change import INTEGERS
from midflight.sql.type_changes import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.operations.state import Relation, State
    from midflight.operations.twin import Columns
    from midflight.operations.type_change import TypeChange

_TEXTS = frozenset({"text", "character varying"})


def must_be_possible(change: TypeChange, columns: Columns, state: State) -> None:
    """Refuse where something hangs on a column that cannot be built again beside it.

    Raises:
        OperationRefusedError: with all of it, and what to do.
    """
    reasons = [reason for table in columns for reason in _reasons(change, columns, state.relations[table])]
    reasons += unbuildable(columns, state)
    if reasons:
        raise OperationRefusedError(
            f"{change} cannot be made beside the traffic:\n" + "\n".join(f"- {reason}" for reason in reasons),
            hint="drop what uses the column before, and make it again after the contract phase",
        )


def _reasons(change: TypeChange, columns: Columns, relation: Relation) -> Iterator[str]:
    table = relation.name
    if relation.kind != "table" or relation.partition_of is not None:
        what = "partition" if relation.partition_of else relation.kind
        yield f"{table} is a {what}, and PostgreSQL swaps the keys of plain tables alone"
    if relation.is_inherited:
        yield f"{table} inherits from another table, or another from it"
    for old in columns[table]:
        found = relation.columns[old]
        if found.generated:
            yield f"{table}.{old} is a generated column: nobody can write it"
        if found.identity and normal_type(change.type) not in INTEGERS:
            yield f"{table}.{old} is an identity column, which can only be smallint, integer or bigint"
        beside = relation.columns.get(columns[table][old])
        if beside is not None and not is_same_type(beside.type, change.type):
            yield f"{table} has a column {columns[table][old]} already, of another type"
        for user in found.used_by:
            yield f"{user} uses {table}.{old}"
    yield from _lost_targets(change, columns, relation)


def _lost_targets(change: TypeChange, columns: Columns, relation: Relation) -> Iterator[str]:
    """Foreign keys to columns that keep a type with which the new one cannot be compared."""
    for name, key in relation.constraints.items():
        if key.kind != "foreign key" or key.target is None:
            continue
        for column, there in zip(key.columns, key.target_columns, strict=True):
            stays = there not in columns.get(key.target, {})
            if (
                column in columns[relation.name]
                and stays
                and not _are_comparable(relation.columns[column].type, change)
            ):
                yield f"the foreign key {name} of {relation.name} refers to {key.target}.{there}, which keeps its type"


def _are_comparable(type_: str, change: TypeChange) -> bool:
    """The other end has the old type, or one that can be compared with that."""
    old, new = name_of(type_), name_of(normal_type(change.type))
    return old == new or any({old, new} <= family for family in (INTEGERS, _TEXTS))
