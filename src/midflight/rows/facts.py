"""What must be known of a table to fill it, as plain data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from midflight.pg.identifiers import QualifiedName
from midflight.rows.sql_files import load_sql

if TYPE_CHECKING:
    from collections.abc import Iterable

    import asyncpg


@dataclass(frozen=True, slots=True)
class TypeFacts:
    """A type that columns are made of."""

    name: QualifiedName
    written: str
    """As ``format_type`` writes it: the search path is the connection's, as in all texts here."""
    kind: str
    """As ``pg_type.typtype`` says, and ``a`` for an array."""
    typmod: int
    """A domain's own type modifier; -1 where there is none."""
    made_of: int
    """The OID of an array's elements, a domain's base, a range's bounds, a multirange's range; else 0."""
    labels: tuple[str, ...]
    checks: tuple[str, ...]
    attributes: tuple[tuple[int, int], ...]
    """A composite type's attributes, each as type and type modifier."""


Types: TypeAlias = Mapping[int, TypeFacts]


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """A column."""

    name: str
    type: int
    typmod: int
    written: str
    not_null: bool
    generated: bool
    identity: bool
    next: str | None
    """The expression that takes the next number of its sequence, where it has one."""


@dataclass(frozen=True, slots=True)
class ForeignKeyFacts:
    """A foreign key."""

    columns: tuple[str, ...]
    target: int
    target_name: QualifiedName
    target_columns: tuple[str, ...]
    full: bool
    """Whether it is MATCH FULL: its columns are NULL together."""
    deferrable: bool


@dataclass(frozen=True, slots=True)
class TableFacts:
    """A table to be filled."""

    oid: int
    name: QualifiedName
    columns: tuple[ColumnFacts, ...]
    checks: tuple[str, ...]
    partitions: tuple[str, ...] | None
    """What each partition takes, as an expression (empty: anything); None where the table is not partitioned."""
    foreign_keys: tuple[ForeignKeyFacts, ...]
    keys: tuple[frozenset[str], ...]
    """Of each unique index and exclusion constraint the columns of which one must differ from row to row."""
    takes_on_conflict: bool
    has_own_ways: bool
    """Whether triggers or rules may make something else of an INSERT."""

    def column(self, name: str) -> ColumnFacts:
        """Return the column of that name."""
        return next(column for column in self.columns if column.name == name)

    def is_hard(self, key: ForeignKeyFacts) -> bool:
        """Tell whether no row can do without a target row."""
        not_null = [self.column(name).not_null for name in key.columns]
        return any(not_null) if key.full else all(not_null)


async def read_facts(connection: asyncpg.Connection, tables: Iterable[int]) -> tuple[tuple[TableFacts, ...], Types]:
    """Read the facts of the tables of these OIDs, by their names, and the types they use."""
    found = [
        (record["kind"], json.loads(record["facts"]))
        for record in await connection.fetch(load_sql("facts"), list(tables))
    ]
    of_tables = sorted((_table(facts) for kind, facts in found if kind == "table"), key=lambda table: table.name)
    return tuple(of_tables), {facts["oid"]: _type(facts) for kind, facts in found if kind == "type"}


def _table(facts: Any) -> TableFacts:
    return TableFacts(
        oid=facts["oid"],
        name=QualifiedName(facts["schema"], facts["name"]),
        columns=tuple(ColumnFacts(**column) for column in facts["columns"]),
        checks=tuple(facts["checks"]),
        partitions=None if facts["partitions"] is None else tuple(text or "" for text in facts["partitions"]),
        foreign_keys=tuple(_foreign_key(key) for key in facts["foreign_keys"]),
        keys=tuple(frozenset(key["columns"]) for key in facts["keys"]),
        takes_on_conflict=facts["takes_on_conflict"],
        has_own_ways=facts["has_own_ways"],
    )


def _foreign_key(facts: Any) -> ForeignKeyFacts:
    return ForeignKeyFacts(
        columns=tuple(facts["columns"]),
        target=facts["target"],
        target_name=QualifiedName(facts["target_schema"], facts["target_name"]),
        target_columns=tuple(facts["target_columns"]),
        full=facts["full"],
        deferrable=facts["deferrable"],
    )


def _type(facts: Any) -> TypeFacts:
    return TypeFacts(
        name=QualifiedName(facts["schema"], facts["name"]),
        written=facts["written"],
        kind=facts["kind"],
        typmod=facts["typmod"],
        made_of=facts["made_of"],
        labels=tuple(facts["labels"]),
        checks=tuple(facts["checks"]),
        attributes=tuple((oid, typmod) for oid, typmod in facts["attributes"]),
    )
