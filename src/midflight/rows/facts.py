"""What must be known of a table to fill it, as plain data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
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
    not_null: bool
    """Whether a domain takes no NULL."""
    attributes: tuple[tuple[int, int], ...]
    """A composite type's attributes, each as type and type modifier."""


Read: TypeAlias = "dict[str, Any]"
"""An object of the JSON that the query answers."""

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
    checks: tuple[tuple[str, str], ...]
    """Each as name and expression."""
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
    types = {facts["oid"]: _type(facts) for kind, facts in found if kind == "type"}
    of_tables = (_table(facts, types) for kind, facts in found if kind == "table")
    return tuple(sorted(of_tables, key=lambda table: table.name)), types


def _table(facts: Read, types: Types) -> TableFacts:
    columns = (ColumnFacts(**column) for column in facts["columns"])
    return TableFacts(
        oid=facts["oid"],
        name=QualifiedName(facts["schema"], facts["name"]),
        columns=tuple(replace(column, not_null=column.not_null or _is_strict(types, column)) for column in columns),
        checks=tuple((name, text) for name, text in facts["checks"]),
        partitions=None if facts["partitions"] is None else tuple(text or "" for text in facts["partitions"]),
        foreign_keys=tuple(_foreign_key(key) for key in facts["foreign_keys"]),
        keys=tuple(frozenset(key["columns"]) for key in facts["keys"]),
        takes_on_conflict=facts["takes_on_conflict"],
        has_own_ways=facts["has_own_ways"],
    )


def _foreign_key(facts: Read) -> ForeignKeyFacts:
    return ForeignKeyFacts(
        columns=tuple(facts["columns"]),
        target=facts["target"],
        target_name=QualifiedName(facts["target_schema"], facts["target_name"]),
        target_columns=tuple(facts["target_columns"]),
        full=facts["full"],
        deferrable=facts["deferrable"],
    )


def _type(facts: Read) -> TypeFacts:
    return TypeFacts(
        name=QualifiedName(facts["schema"], facts["name"]),
        written=facts["written"],
        kind=facts["kind"],
        typmod=facts["typmod"],
        made_of=facts["made_of"],
        labels=tuple(facts["labels"]),
        checks=tuple(facts["checks"]),
        not_null=facts["not_null"],
        attributes=tuple((oid, typmod) for oid, typmod in facts["attributes"]),
    )


def _is_strict(types: Types, column: ColumnFacts) -> bool:
    """Tell whether a domain, or one that it is made of, takes no NULL."""
    facts = types[column.type]
    while facts.kind == "d" and not facts.not_null:
        facts = types[facts.made_of]
    return facts.kind == "d"
