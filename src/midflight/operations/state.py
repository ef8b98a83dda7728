"""What the catalog tells of the objects that an operation concerns: what there is now, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from midflight.sql.names import Name

Kind = Literal[
    "table", "partitioned table", "view", "materialized view", "index", "sequence", "foreign table", "composite type"
]


@dataclass(frozen=True, slots=True)
class Sequence:
    """The sequence that a column owns: that of a serial or of an identity."""

    name: Name
    type: str
    start: int
    increment: int
    minimum: int
    maximum: int
    cache: int
    cycles: bool
    comment: str | None = None
    granted: bool = False
    """Whether anybody was given privileges on it."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column that is there."""

    type: str
    """As ``format_type`` writes it."""
    not_null: bool
    """Whether no row holds NULL here; a NOT NULL that is NOT VALID (from PostgreSQL 18 on) is not enough."""
    default: str | None
    """As ``pg_get_expr`` writes it; of a generated column its expression."""
    identity: Literal["", "always", "by default"] = ""
    generated: bool = False
    comment: str | None = None
    used_by: tuple[str, ...] = ()
    """What else hangs on it, in PostgreSQL's words: views, rules, policies, triggers, generated columns, publications,
    functions; not indexes, constraints and statistics, and no trigger of Midflight's."""
    sequence: Sequence | None = None
    granted: bool = False
    """Whether it has privileges of its own."""
    settings: tuple[str, ...] = ()
    """As ``ALTER COLUMN ... SET`` takes them, such as ``n_distinct=100``."""
    statistics: int | None = None
    """The target of ANALYZE, where it is not the default one."""
    collation: str | None = None
    """As SQL, where it is not that of the type."""


@dataclass(frozen=True, slots=True)
class Constraint:
    """A constraint that is there."""

    kind: Literal["check", "foreign key", "primary key", "unique", "exclusion", "not null", "trigger"]
    definition: str
    """As ``pg_get_constraintdef`` writes it."""
    valid: bool
    columns: tuple[str, ...] = ()
    target: Name | None = None
    """The table that a foreign key refers to."""
    inherited: bool = False
    """Whether it is a part of the same constraint of a partitioned table."""
    comment: str | None = None
    target_columns: tuple[str, ...] = ()
    """The columns that a foreign key refers to."""


@dataclass(frozen=True, slots=True)
class Index:
    """An index that is there."""

    valid: bool
    """Whether queries may use it; a failed CREATE INDEX CONCURRENTLY leaves one that is not."""
    ready: bool
    unique: bool
    method: str
    columns: tuple[str, ...] | None
    """Its key; None where an expression is part of it."""
    definition: str
    """As ``pg_get_indexdef`` writes it."""
    attached_to: Name | None = None
    """The index of the partitioned table of which it is a part."""
    constraint: str | None = None
    """The constraint that it implements."""
    partial: bool = False
    include: tuple[str, ...] = ()
    nulls_not_distinct: bool = False
    shape: str = ""
    """Its definition from ``USING`` on, the same for all indexes that are alike but for their names and tables."""
    uses: tuple[str, ...] = ()
    """Every column in its key, its expressions and its condition; none where it implements a constraint."""
    comment: str | None = None
    clusters: bool = False
    """Whether CLUSTER orders its table by it."""
    identifies: bool = False
    """Whether it is the table's REPLICA IDENTITY."""


@dataclass(frozen=True, slots=True)
class Statistics:
    """Extended statistics that are there."""

    schema: str
    definition: str
    """As ``pg_get_statisticsobjdef`` writes it."""
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class KeyElement:
    """A part of the key by which a table is partitioned."""

    sql: str | None
    """A column, quoted; None for an expression."""
    type: str
    """As ``format_type`` writes it; empty for an expression."""
    collatable: bool


@dataclass(frozen=True, slots=True)
class PartitionKey:
    """By what a table is partitioned."""

    strategy: Literal["range", "list", "hash"]
    elements: tuple[KeyElement, ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """A table, index, sequence or view that is there."""

    name: Name
    """With its schema."""
    kind: Kind
    columns: Mapping[str, Column] = field(default_factory=dict)
    constraints: Mapping[str, Constraint] = field(default_factory=dict)
    indexes: Mapping[str, Index] = field(default_factory=dict)
    partitions: tuple[Name, ...] = ()
    """The tables that are attached to it directly."""
    partition_of: Name | None = None
    detach_pending: bool = False
    """Whether a DETACH PARTITION CONCURRENTLY of it was begun and not finished."""
    bound: str | None = None
    """As a partition: ``FOR VALUES ...`` or ``DEFAULT``."""
    partition_key: PartitionKey | None = None
    oid: int = 0
    table: Name | None = None
    """As an index: its table. As a sequence: the table of the column that owns it."""
    rows: int = 0
    """The planner's estimate; -1 before the first ANALYZE. https://www.postgresql.org/docs/current/catalog-pg-class.html"""
    bytes: int = 0
    """With indexes and TOAST."""
    is_empty: bool = False
    """Whether its heap has no block, so that it surely has no row."""
    referenced_by: tuple[tuple[Name, tuple[str, ...]], ...] = ()
    """The tables whose foreign keys refer to it, each with the columns of this one that it refers to."""
    comment: str | None = None
    row_security: bool = False
    """Whether policies tell which of its rows a role sees."""
    triggers: Mapping[str, str] = field(default_factory=dict)
    """Each trigger, as ``pg_get_triggerdef`` writes it; none of PostgreSQL's own."""
    statistics: Mapping[str, Statistics] = field(default_factory=dict)
    is_inherited: bool = False
    """Whether other tables inherit from it, or it from others; partitions aside."""


@dataclass(frozen=True, slots=True)
class State:
    """What there is of all that an operation asked for, with partitions and with the tables that refer to it.

    Of tables that refer to those by the same columns there is all, too, and so on.

    Names are as they were asked, and with their schema.
    """

    major: int
    """PostgreSQL's major version."""
    relations: Mapping[Name, Relation] = field(default_factory=dict)
    enums: Mapping[Name, tuple[str, ...]] = field(default_factory=dict)
    """The labels of each enum, in their order."""
    extensions: Mapping[str, str] = field(default_factory=dict)
    """The version of each extension."""
    volatile: frozenset[str] = frozenset()
    """Which of the functions that were asked about may return another value at each call."""
    constrained: frozenset[str] = frozenset()
    """Which of the types that were asked about are domains with a CHECK or NOT NULL."""
    has_own_schema: bool = False
    """Whether there is a schema ``midflight``."""
    own_functions: frozenset[str] = frozenset()
    """The functions in it."""
    resumed: bool = False
    """Whether an earlier try of the revision has done steps from here on for good: what is there may be what later
    operations of the same revision have made of it."""
    known: bool = True
    """Whether it was read from a server; a script that is written offline (``--sql``) assumes an ordinary table."""

    def relation(self, name: Name) -> Relation | None:
        """Return what is there under a name."""
        return self.relations.get(name)

    def column(self, table: Name, column: str) -> Column | None:
        """Return a column of a table."""
        found = self.relation(table)
        return found.columns.get(column) if found else None

    def constraint(self, table: Name, constraint: str) -> Constraint | None:
        """Return a constraint of a table."""
        found = self.relation(table)
        return found.constraints.get(constraint) if found else None

    def index(self, table: Name, index: str) -> Index | None:
        """Return an index of a table."""
        found = self.relation(table)
        return found.indexes.get(index) if found else None

    def is_partitioned(self, table: Name) -> bool:
        """Tell whether a table has partitions, or is made to have some."""
        found = self.relation(table)
        return found is not None and found.kind == "partitioned table"

    def default_partition(self, table: Name) -> Relation | None:
        """Return the partition of a table that takes what fits into no other."""
        found = self.relation(table)
        partitions = [self.relations[name] for name in found.partitions] if found else []
        return next((partition for partition in partitions if partition.bound == "DEFAULT"), None)

    def leaves(self, table: Name) -> tuple[Relation, ...]:
        """Return the tables that hold the rows: the table itself, or the partitions at the ends of its tree."""
        found = self.relation(table)
        if found is None:
            return ()
        if found.kind != "partitioned table":
            return (found,)
        return tuple(leaf for partition in found.partitions for leaf in self.leaves(partition))

    def is_empty(self, table: Name) -> bool:
        """Tell whether a table surely has no row."""
        leaves = self.leaves(table)
        return bool(leaves or self.is_partitioned(table)) and all(leaf.is_empty for leaf in leaves)

    def rows(self, table: Name) -> int:
        """Return the estimated number of rows; a table that was never analyzed is told by its size."""
        return sum(leaf.rows if leaf.rows >= 0 else leaf.bytes // 100 for leaf in self.leaves(table))
