"""ATTACH PARTITION of a table that was made ready for it beside the traffic."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from midflight.operations.bound_check import bound_check_dropped, bound_checked, bound_condition
from midflight.operations.create_foreign_key import not_valid_then_validated
from midflight.operations.index_build import IndexBuild, is_attached, partition_index_name
from midflight.operations.key_by_index import KeyByIndex
from midflight.operations.operation import SMALL_TABLE_ROWS, Asked, Operation, OperationRefusedError, named
from midflight.operations.set_not_null import SetNotNull
from midflight.operations.step import Step, TableLock
from midflight.pg.locks import LockMode
from midflight.sql.names import Name

if TYPE_CHECKING:
    from midflight.operations.state import Constraint, Index, Relation, State


@dataclass(frozen=True, slots=True)
class AttachPartition(Operation):
    """A table becomes a partition; its rows are read, and its indexes are built, beside the traffic."""

    table: str
    partition: str
    bound: str
    """As SQL: ``FOR VALUES ...`` or ``DEFAULT``."""
    _: KW_ONLY
    schema: str | None = None
    partition_schema: str | None = None
    row_limit: int = SMALL_TABLE_ROWS

    @property
    def asks(self) -> Asked:
        """Both tables."""
        return Asked(relations=(self._table, self._partition))

    def steps(self, state: State) -> tuple[Step, ...]:
        """Prove the bound by a CHECK, add foreign keys and indexes of the partitioned table; then attach it.

        Raises:
            OperationRefusedError: where rows had to be read under a lock that stops traffic, more than the limit.
        """
        parent, child = state.relation(self._table), state.relation(self._partition)
        if parent is None or child is None:
            return (self._attach(state, ()),)
        if child.partition_of is not None and child.partition_of != parent.name:
            raise OperationRefusedError(
                f"{child.name} is a partition of {child.partition_of} already", hint="detach it from there first"
            )
        if child.partition_of is not None or state.is_empty(self._partition):
            self._refuse_large_default(state, child)
            return (self._attach(state, _foreign_keys(parent)), *bound_check_dropped(self._partition, state))
        self._refuse_large_default(state, child)
        return (
            *self._checked(parent, state),
            *self._referring(parent, state),
            *self._indexed(parent, child, state),
            self._attach(state, _foreign_keys(parent)),
            *bound_check_dropped(self._partition, state),
        )

    def reverse(self) -> Operation:
        """Detach it."""
        from midflight.operations.detach_partition import DetachPartition  # noqa: PLC0415 - each leads to the other

        return DetachPartition(
            self.table,
            self.partition,
            schema=self.schema,
            partition_schema=self.partition_schema,
            bound=self.bound,
        )

    @property
    def _table(self) -> Name:
        return named(self.table, self.schema)

    @property
    def _partition(self) -> Name:
        return named(self.partition, self.partition_schema or self.schema)

    def _is_attached(self, now: State) -> bool:
        found = now.relation(self._partition)
        return found is not None and found.partition_of is not None

    def _checked(self, parent: Relation, state: State) -> tuple[Step, ...]:
        condition = bound_condition(parent, self.bound)
        if condition is None:
            self._refuse_large(state)
            return ()
        return bound_checked(self._partition, condition, self._is_attached, state)

    def _referring(self, parent: Relation, state: State) -> tuple[Step, ...]:
        """The foreign keys of the partitioned table, or ATTACH would read the partition for each."""
        steps: list[Step] = []
        for name, key in _foreign_keys(parent):
            for leaf in state.leaves(self._partition):
                has_it = any(one.definition == key.definition for one in leaf.constraints.values())
                if not has_it and key.target is not None:
                    steps += not_valid_then_validated(leaf.name, name, key.definition, key.target)
        return tuple(steps)

    def _indexed(self, parent: Relation, child: Relation, state: State) -> tuple[Step, ...]:
        """The indexes of the partitioned table, or ATTACH would build each under its locks."""
        steps: list[Step] = []
        for name, index in parent.indexes.items():
            if not is_attached(child, Name(parent.name.schema, name)) and not _has_alike(parent, child, index):
                steps += self._index(partition_index_name(self.partition, name), index, parent, state)
        return tuple(steps)

    def _index(self, name: str, index: Index, parent: Relation, state: State) -> tuple[Step, ...]:
        of = parent.constraints.get(index.constraint) if index.constraint else None
        if of is None:
            build = IndexBuild(index.unique, index.shape, lambda found: found.shape == index.shape)
            return build.on(self._partition, name, state)
        if of.kind not in {"unique", "primary key"}:
            self._refuse_large(state)
            return ()
        kind = "unique" if of.kind == "unique" else "primary key"
        words = of.definition.partition(" DEFERRABLE")
        deferring = "".join(words[1:])
        key = KeyByIndex(kind, index.columns or (), index.include, index.nulls_not_distinct, deferring)  # type: ignore[arg-type]  # one of both
        not_null = [SetNotNull(self._partition.name, column, schema=self._partition.schema) for column in key.columns]
        first = [step for one in not_null for step in one.steps(state)] if kind == "primary key" else []
        return (*first, *key.on(self._partition, name, state))

    def _attach(self, state: State, keys: tuple[tuple[str, Constraint], ...]) -> Step:
        """SHARE UPDATE EXCLUSIVE on the table lets all traffic go on; the others are ACCESS EXCLUSIVE.

        What the foreign keys refer to as well: the triggers of the partition's own foreign keys go.
        """
        table, partition = self._table, self._partition
        default = state.default_partition(table)
        targets = tuple(dict.fromkeys(key.target for _, key in keys if key.target is not None))
        others = (*((default.name,) if default else ()), *targets)
        return Step(
            says=f"attach {partition} to {table}",
            sql=f"ALTER TABLE {table.sql} ATTACH PARTITION {partition.sql} {self.bound}",
            done=self._is_attached,
            locks=(
                TableLock(table, LockMode.SHARE_UPDATE_EXCLUSIVE, only=True),
                TableLock(partition),
                *map(TableLock, others),
            ),
        )

    def _refuse_large_default(self, state: State, child: Relation) -> None:
        default = state.default_partition(self._table)
        if default is None or child.partition_of is not None:
            return
        rows = state.rows(default.name)
        if rows > self.row_limit:
            raise OperationRefusedError(
                f"the default partition {default.name} has about {rows:,} rows, and all of them are read under a lock "
                "that stops its traffic",
                hint="detach the default partition first, or accept the stall with "
                f"row_limit={rows}; a valid CHECK on it that excludes the bound saves the reading, too",
            )

    def _refuse_large(self, state: State) -> None:
        rows = state.rows(self._partition)
        if rows > self.row_limit:
            raise OperationRefusedError(
                f"{self._partition} has about {rows:,} rows, and to attach it all of them are read under a lock that stops "
                "its traffic: no CHECK can prove its bound",
                hint=f"attach it while it is empty and move the rows in, or accept the stall with row_limit={rows}",
            )


def _foreign_keys(parent: Relation) -> tuple[tuple[str, Constraint], ...]:
    """Those that it has of its own; what NOT VALID ones would have to prove is not asked of a partition either."""
    return tuple(
        (name, one)
        for name, one in parent.constraints.items()
        if one.kind == "foreign key" and one.valid and not one.inherited
    )


def _has_alike(parent: Relation, child: Relation, index: Index) -> bool:
    """Tell whether ATTACH will find an index that it can take over; of a constraint only that of a constraint."""
    wanted = parent.constraints[index.constraint].kind if index.constraint else None
    for one in child.indexes.values():
        kind = child.constraints[one.constraint].kind if one.constraint else None
        if one.valid and one.attached_to is None and one.shape == index.shape and one.unique == index.unique:
            if wanted is None or kind == wanted:
                return True
    return False
