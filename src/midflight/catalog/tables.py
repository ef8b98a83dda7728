"""What a snapshot tells of its tables: columns, keys, constraints."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from midflight.catalog.reader import Scope
from midflight.catalog.snapshot import Part, Snapshot, Unit
from midflight.pg.identifiers import QualifiedName

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table."""

    name: str
    type: str
    """As ``format_type`` writes it, such as ``character varying(20)``."""
    not_null: bool
    """Whether no row holds NULL here: a NOT NULL constraint that is NOT VALID (from PostgreSQL 18 on) is not enough."""
    default: str | None
    """As ``pg_get_expr`` writes it; None where there is none."""


@dataclass(frozen=True, slots=True)
class Check:
    """A CHECK constraint, or from PostgreSQL 18 on a NOT NULL constraint."""

    name: str
    definition: str
    """As ``pg_get_constraintdef`` writes it, such as ``CHECK ((total > 0))``."""
    valid: bool


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A foreign key, from the table that holds it."""

    name: str
    columns: tuple[str, ...]
    target: QualifiedName
    target_columns: tuple[str, ...]
    valid: bool


def table_names(snapshot: Snapshot) -> Iterator[QualifiedName]:
    """Name all tables, partitioned and foreign ones too."""
    for unit, parts in snapshot.units.items():
        if _TABLE in parts:
            yield QualifiedName(unit.schema, unit.name)


def columns(snapshot: Snapshot, table: QualifiedName) -> tuple[Column, ...]:
    """Return a table's columns in their order; KeyError where there is no such table."""
    found = sorted(_parts(snapshot, table, "column"), key=lambda pair: int(pair[1]["position"] or 0))
    unproven = {
        name
        for _, constraint in _parts(snapshot, table, "constraint")
        if constraint["type"] == "not null" and constraint["valid"] != "true"
        for name in _names(constraint["columns"])
    }
    return tuple(
        Column(name, column["type"] or "", column["not_null"] == "true" and name not in unproven, column["default"])
        for name, column in found
    )


def unique_keys(snapshot: Snapshot, table: QualifiedName) -> frozenset[frozenset[str]]:
    """Return the columns of each valid unique index that has neither a condition nor an expression."""
    return frozenset(
        frozenset(_names(index["unique_columns"]))
        for _, index in _parts(snapshot, table, "index")
        if index["unique_columns"] and index["valid"] == "true"
    )


def checks(snapshot: Snapshot, table: QualifiedName) -> tuple[Check, ...]:
    """Return a table's CHECK and NOT NULL constraints, by name."""
    return tuple(
        Check(name, constraint["definition"] or "", constraint["valid"] == "true")
        for name, constraint in sorted(_parts(snapshot, table, "constraint"))
        if constraint["type"] in {"check", "not null"}
    )


def foreign_keys(snapshot: Snapshot, table: QualifiedName) -> tuple[ForeignKey, ...]:
    """Return the foreign keys that a table holds, by name."""
    return tuple(
        _foreign_key(name, constraint)
        for name, constraint in sorted(_parts(snapshot, table, "constraint"))
        if constraint["type"] == "foreign key"
    )


_TABLE = Part("table", "")


def _parts(snapshot: Snapshot, table: QualifiedName, kind: str) -> list[tuple[str, dict[str, str | None]]]:
    unit = Unit(Scope.RELATION, table.schema, table.name)
    return [(part.sub, snapshot.attributes(unit, part)) for part in snapshot.units[unit] if part.kind == kind]


def _names(text: str | None) -> tuple[str, ...]:
    return tuple(json.loads(text)) if text else ()


def _foreign_key(name: str, constraint: dict[str, str | None]) -> ForeignKey:
    schema, target, target_columns = json.loads(constraint["target"] or "")
    return ForeignKey(
        name,
        _names(constraint["columns"]),
        QualifiedName(schema, target),
        tuple(target_columns),
        constraint["valid"] == "true",
    )
