"""CREATE INDEX CONCURRENTLY; of a partitioned table on each partition, then attached."""

from __future__ import annotations

import hashlib
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from midflight.operations.operation import Asked, Operation, OperationRefusedError, named
from midflight.operations.step import Mode, Step, TableLock, Work
from midflight.pg.identifiers import quote_identifier
from midflight.pg.locks import LockMode
from midflight.sql.names import Name

if TYPE_CHECKING:
    from midflight.operations.state import Index, Relation, State

MAXIMUM_NAME_BYTES = 63
"""NAMEDATALEN - 1. https://www.postgresql.org/docs/current/limits.html"""


@dataclass(frozen=True, slots=True)
class CreateIndex(Operation):
    """An index is built beside the traffic."""

    name: str
    table: str
    elements: tuple[str, ...]
    """Its key, each element as SQL: a quoted column or an expression in brackets, with operator class and order."""
    _: KW_ONLY
    schema: str | None = None
    unique: bool = False
    method: str | None = None
    include: tuple[str, ...] = ()
    where: str | None = None
    options: str | None = None
    """Storage parameters as SQL, such as ``fillfactor = 70``."""
    tablespace: str | None = None
    nulls_not_distinct: bool = False
    columns: tuple[str, ...] | None = None
    """Its key where that is columns alone, to tell an index of the same name that is another one."""

    @property
    def asks(self) -> Asked:
        """Its table."""
        return Asked(relations=(named(self.table, self.schema),))

    def steps(self, state: State) -> tuple[Step, ...]:
        """Build it concurrently; what a failed build has left is dropped first.

        Raises:
            OperationRefusedError: where there is another index of that name.
        """
        table = named(self.table, self.schema)
        if state.is_partitioned(table):
            return self._on_partitioned(table, state)
        return self._on_table(table, self.name, state)

    def reverse(self) -> Operation:
        """Drop it."""
        from midflight.operations.drop_index import DropIndex  # noqa: PLC0415 - each leads to the other

        return DropIndex(self.name, self.table, schema=self.schema)

    def _on_table(self, table: Name, name: str, state: State) -> tuple[Step, ...]:
        found = state.index(table, name)
        self._must_be_this(found, name)
        drop = f"DROP INDEX CONCURRENTLY IF EXISTS {Name(table.schema, name).sql}"
        build = Step(
            says=f"build index {name} on {table}",
            sql=f"CREATE {self._unique}INDEX CONCURRENTLY {quote_identifier(name)} ON {table.sql} {self._definition}",
            done=lambda now: is_valid_index(now.index(table, name)),
            mode=Mode.OUTSIDE,
            work=Work.LONG,
            on_failure=drop,
        )
        if found is None or found.valid:
            return (build,)
        clear = Step(
            says=f"drop the invalid index {name} of {table}",
            sql=drop,
            done=lambda now: is_absent_or_valid(now.index(table, name)),
            mode=Mode.OUTSIDE,
            work=Work.LONG,
        )
        return (clear, build)

    def _on_partitioned(self, table: Name, state: State) -> tuple[Step, ...]:
        """ON ONLY the root, on each partition, and from the leaves up: attach."""
        relation = state.relations[table]
        self._must_be_this(relation.indexes.get(self.name), self.name)
        root = Step(
            says=f"create index {self.name} on {table} alone",
            sql=f"CREATE {self._unique}INDEX {quote_identifier(self.name)} ON ONLY {table.sql} {self._definition}",
            done=lambda now: now.index(table, self.name) is not None,
            mode=Mode.APART,
            locks=(TableLock(table, LockMode.SHARE, only=True),),
        )
        return (root, *self._of_partitions(relation, table, self.name, state))

    def _of_partitions(self, relation: Relation, table: Name, parent: str, state: State) -> tuple[Step, ...]:
        steps: list[Step] = []
        for partition in relation.partitions:
            of_partition = state.relations[partition]
            if _attached(of_partition, Name(relation.name.schema, parent)):
                continue
            name = partition_index_name(partition.name, parent)
            if of_partition.kind == "partitioned table":
                only = f"CREATE {self._unique}INDEX {quote_identifier(name)} ON ONLY {partition.sql} {self._definition}"
                steps.append(
                    Step(
                        says=f"create index {name} on {partition} alone",
                        sql=only,
                        done=lambda now, of=partition, its=name: now.index(of, its) is not None,  # type: ignore[misc]
                        mode=Mode.APART,
                        locks=(TableLock(partition, LockMode.SHARE, only=True),),
                    )
                )
                steps += self._of_partitions(of_partition, partition, name, state)
            else:
                steps += self._on_table(partition, name, state)
            steps.append(_attach(relation.name, parent, partition, name, table))
        return tuple(steps)

    @property
    def _unique(self) -> str:
        return "UNIQUE " if self.unique else ""

    @property
    def _definition(self) -> str:
        parts = [f"USING {quote_identifier(self.method)}" if self.method else "", f"({', '.join(self.elements)})"]
        if self.include:
            parts.append(f"INCLUDE ({', '.join(map(quote_identifier, self.include))})")
        if self.nulls_not_distinct:
            parts.append("NULLS NOT DISTINCT")
        if self.options:
            parts.append(f"WITH ({self.options})")
        if self.tablespace:
            parts.append(f"TABLESPACE {quote_identifier(self.tablespace)}")
        if self.where:
            parts.append(f"WHERE {self.where}")
        return " ".join(part for part in parts if part)

    def _must_be_this(self, found: Index | None, name: str) -> None:
        if found is None:
            return
        same = found.unique == self.unique and found.method == (self.method or "btree")
        if self.columns is not None and found.columns is not None:
            same = same and found.columns == self.columns
        if not same or found.partial != bool(self.where):
            raise OperationRefusedError(
                f"index {name} of {self.table} is there already, with another definition",
                hint="give the new one another name, or drop the old one first",
            )


def partition_index_name(partition: str, index: str) -> str:
    """Name the index of a partition; a long name is cut and stays unique."""
    name = f"{partition}_{index}"
    if len(name.encode()) <= MAXIMUM_NAME_BYTES:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    cut = name.encode()[: MAXIMUM_NAME_BYTES - 9].decode(errors="ignore")
    return f"{cut}_{digest}"


def _attach(parent_table: Name, parent: str, partition: Name, name: str, asked: Name) -> Step:
    schema = parent_table.schema if asked.schema is None else asked.schema
    return Step(
        says=f"attach index {name} to {parent}",
        sql=f"ALTER INDEX {Name(schema, parent).sql} ATTACH PARTITION {Name(partition.schema, name).sql}",
        done=lambda now: _attached(now.relations[partition], Name(parent_table.schema, parent)),
        mode=Mode.APART,
    )


def _attached(partition: Relation, parent: Name) -> bool:
    return any(index.attached_to == parent for index in partition.indexes.values())


def is_valid_index(index: Index | None) -> bool:
    """Tell whether an index is there and of use."""
    return index is not None and index.valid


def is_absent_or_valid(index: Index | None) -> bool:
    """Tell whether nothing is left of a failed build."""
    return index is None or index.valid
