"""An index built beside the traffic: on a table, or on each partition of one and then attached from the leaves up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from midflight.operations.change_name import fitting
from midflight.operations.operation import OperationRefusedError
from midflight.operations.step import Mode, Step, TableLock, Work
from midflight.pg.identifiers import quote_identifier
from midflight.pg.locks import LockMode
from midflight.sql.names import Name

if TYPE_CHECKING:
    from collections.abc import Callable

    from midflight.operations.state import Index, Relation, State


@dataclass(frozen=True, slots=True)
class IndexBuild:
    """What is built, whatever its name and its table."""

    unique: bool
    definition: str
    """What follows the table in CREATE INDEX."""
    same: Callable[[Index], bool]
    """Tells whether an index that is there can be the one that is meant."""

    def on(self, table: Name, name: str, state: State) -> tuple[Step, ...]:
        """Build it on a table and on all of its partitions; what a failed build has left is dropped first.

        Raises:
            OperationRefusedError: where there is another index of that name.
        """
        relation = state.relation(table)
        if relation is None or not state.is_partitioned(table):
            return self.on_table(table, name, state)
        self._must_be_this(relation.indexes.get(name), name, table)
        return (self._on_root_alone(table, name), *self._on_partitions(relation, name, state))

    def on_table(self, table: Name, name: str, state: State) -> tuple[Step, ...]:
        """Build it on one table that holds rows."""
        found, relation = state.index(table, name), state.relation(table)
        self._must_be_this(found, name, table)
        home = relation.name if relation else table  # its schema is that of the index
        build = Step(
            says=f"build index {name} on {table}",
            sql=f"CREATE {self._unique}INDEX CONCURRENTLY {quote_identifier(name)} ON {table.sql} {self.definition}",
            done=lambda now: is_valid_index(now.index(table, name)),
            mode=Mode.OUTSIDE,
            work=Work.LONG,
            on_failure=_drop(home, name),
        )
        if found is None or found.valid:
            return (build,)
        return (dropped_if_invalid(home, name), build)

    def _on_root_alone(self, table: Name, name: str) -> Step:
        return Step(
            says=f"create index {name} on {table} alone",
            sql=f"CREATE {self._unique}INDEX {quote_identifier(name)} ON ONLY {table.sql} {self.definition}",
            done=lambda now: now.index(table, name) is not None,
            mode=Mode.APART,
            locks=(TableLock(table, LockMode.SHARE, only=True),),
        )

    def _on_partitions(self, relation: Relation, parent: str, state: State) -> tuple[Step, ...]:
        steps: list[Step] = []
        parent_index = Name(relation.name.schema, parent)
        for partition in relation.partitions:
            if is_attached(state.relations[partition], parent_index):
                continue
            name = partition_index_name(partition.name, parent)
            steps += (*self.on(partition, name, state), index_attached(parent_index, partition, name))
        return tuple(steps)

    @property
    def _unique(self) -> str:
        return "UNIQUE " if self.unique else ""

    def _must_be_this(self, found: Index | None, name: str, table: Name) -> None:
        if found is not None and not self.same(found):
            raise OperationRefusedError(
                f"index {name} of {table} is there already, with another definition",
                hint="give the new one another name, or drop the old one first",
            )


def must_be_free(index: Name, table: Name, state: State) -> None:
    """Refuse a name that something else has in the schema of the table.

    Raises:
        OperationRefusedError: where it is taken.
    """
    other, of = state.relation(index), state.relation(table)
    if other is None or of is None or other.name.schema != of.name.schema or other.table == of.name:
        return
    raise OperationRefusedError(
        f"{index} is there already, as {f'an index of {other.table}' if other.table else f'a {other.kind}'}",
        hint="choose another name",
    )


def dropped_if_invalid(table: Name, name: str) -> Step:
    """Drop what a failed build has left."""
    return Step(
        says=f"drop the invalid index {name} of {table}",
        sql=_drop(table, name),
        done=lambda now: is_absent_or_valid(now.index(table, name)),
        mode=Mode.OUTSIDE,
        work=Work.LONG,
    )


def index_attached(parent: Name, partition: Name, name: str) -> Step:
    """Make the index of a partition a part of the partitioned table's; both are named with their schemas."""
    return Step(
        says=f"attach index {name} to {parent}",
        sql=f"ALTER INDEX {parent.sql} ATTACH PARTITION {Name(partition.schema, name).sql}",
        done=lambda now: partition in now.relations and is_attached(now.relations[partition], parent),
        mode=Mode.APART,
    )


def partition_index_name(partition: str, index: str) -> str:
    """Name the index of a partition; a long name is cut and stays unique."""
    return fitting(f"{partition}_{index}")


def is_attached(partition: Relation, parent: Name) -> bool:
    """Tell whether a partition has an index that is a part of the partitioned table's."""
    return any(index.attached_to == parent for index in partition.indexes.values())


def is_valid_index(index: Index | None) -> bool:
    """Tell whether an index is there and of use."""
    return index is not None and index.valid


def is_absent_or_valid(index: Index | None) -> bool:
    """Tell whether nothing is left of a failed build."""
    return index is None or index.valid


def _drop(table: Name, name: str) -> str:
    return f"DROP INDEX CONCURRENTLY IF EXISTS {Name(table.schema, name).sql}"
