"""A unique constraint or a primary key out of an index that was built beside the traffic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from midflight.operations.index_build import IndexBuild, index_attached, is_attached, partition_index_name
from midflight.operations.same_constraint import must_be_same
from midflight.operations.step import Mode, Step, TableLock
from midflight.pg.identifiers import quote_identifier
from midflight.sql.names import Name

if TYPE_CHECKING:
    from midflight.operations.state import Index, Relation, State


@dataclass(frozen=True, slots=True)
class KeyByIndex:
    """A key, whatever its name and its table."""

    kind: Literal["unique", "primary key"]
    columns: tuple[str, ...]
    include: tuple[str, ...] = ()
    nulls_not_distinct: bool = False
    deferring: str = ""

    def on(self, table: Name, name: str, state: State) -> tuple[Step, ...]:
        """Make it on a table and on all of its partitions.

        Raises:
            OperationRefusedError: where another constraint or index has that name.
        """
        must_be_same(state, table, name, lambda found: (found.kind, found.columns) == (self.kind, self.columns))
        relation = state.relation(table)
        if relation is not None and state.is_partitioned(table):
            return (self._on_root_alone(table, name), *self._on_partitions(relation, name, state))
        return self._on_table(table, name, state)

    def _on_table(self, table: Name, name: str, state: State) -> tuple[Step, ...]:
        build = IndexBuild(unique=True, definition=self._definition, same=self._may_be).on_table(table, name, state)
        index = quote_identifier(name)
        add = Step(
            says=f"{self.kind} {name} of {table}",
            sql=f"ALTER TABLE {table.sql} ADD CONSTRAINT {index} {self.kind.upper()} USING INDEX {index}"
            f"{self.deferring}",
            done=lambda now: now.constraint(table, name) is not None,
            locks=(TableLock(table, only=True),),
        )
        return (*build, add)

    def _on_root_alone(self, table: Name, name: str) -> Step:
        """It is of no effect before each partition has its own, attached to it.

        https://www.postgresql.org/docs/current/ddl-partitioning.html#DDL-PARTITIONING-DECLARATIVE-MAINTENANCE
        """
        return Step(
            says=f"{self.kind} {name} of {table} alone",
            sql=f"ALTER TABLE ONLY {table.sql} ADD CONSTRAINT {quote_identifier(name)} {self.kind.upper()} "
            f"{self._definition}{self.deferring}",
            done=lambda now: now.constraint(table, name) is not None,
            mode=Mode.APART,
            locks=(TableLock(table, only=True),),
        )

    def _on_partitions(self, relation: Relation, parent: str, state: State) -> tuple[Step, ...]:
        steps: list[Step] = []
        parent_index = Name(relation.name.schema, parent)
        for partition in relation.partitions:
            of_partition = state.relations[partition]
            if is_attached(of_partition, parent_index):
                continue
            name = self._own(of_partition) or partition_index_name(partition.name, parent)
            steps += (*self.on(partition, name, state), index_attached(parent_index, partition, name))
        return tuple(steps)

    def _own(self, partition: Relation) -> str | None:
        """The same key, where a partition has it already."""
        return next(
            (
                name
                for name, one in partition.constraints.items()
                if (one.kind, one.columns) == (self.kind, self.columns)
            ),
            None,
        )

    @property
    def _definition(self) -> str:
        distinct = "NULLS NOT DISTINCT " if self.nulls_not_distinct else ""
        include = f" INCLUDE ({', '.join(map(quote_identifier, self.include))})" if self.include else ""
        return f"({', '.join(map(quote_identifier, self.columns))}){include} {distinct}".strip()

    def _may_be(self, found: Index) -> bool:
        mine = (True, "btree", False, self.columns, self.include, self.nulls_not_distinct)
        return mine == (
            found.unique,
            found.method,
            found.partial,
            found.columns,
            found.include,
            found.nulls_not_distinct,
        )
