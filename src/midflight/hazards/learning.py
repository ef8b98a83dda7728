"""What statements tell of the tables that they change."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from midflight.hazards.facts import CheckFacts, ColumnFacts, Facts, ForeignKeyFacts, TableFacts
from midflight.pg.identifiers import QualifiedName
from midflight.sql.changes import (
    AddColumn,
    AddConstraint,
    AlterColumnType,
    CreateIndex,
    CreateTable,
    DropColumn,
    DropConstraint,
    DropNotNull,
    SetDefault,
    SetNotNull,
    TableChange,
    ValidateConstraint,
)
from midflight.sql.partitions import DEFAULT
from midflight.sql.types import ConstrainDomain, CreateType

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from midflight.sql.changes import Change, Column, Constraint
    from midflight.sql.names import Name
    from midflight.sql.statement import Statement


def learned(table: TableFacts, change: TableChange) -> TableFacts:
    """Return a table's facts after a change of it."""
    match change:
        case CreateTable():
            return _created(change)
        case AddColumn(column=column):
            return _with_column(table, column)
        case DropColumn(column=name):
            return _without_column(table, name)
        case SetDefault(column=name, default=default):
            text = default.text if default else None
            return _with_column_facts(table, name, replace(_column(table, name), default=text))
        case AlterColumnType() | SetNotNull() | DropNotNull():
            return _with_column_facts(table, change.column, _altered(_column(table, change.column), change))
        case _:
            return _after_change_of_constraints(table, change)


def _altered(column: ColumnFacts, change: AlterColumnType | SetNotNull | DropNotNull) -> ColumnFacts:
    if isinstance(change, AlterColumnType):
        return replace(column, type=change.type)
    return replace(column, not_null=isinstance(change, SetNotNull))


def _after_change_of_constraints(table: TableFacts, change: TableChange) -> TableFacts:
    match change:
        case AddConstraint(constraint=constraint):
            return _with_constraint(table, constraint)
        case ValidateConstraint(name=name):
            return replace(table, checks=tuple(replace(c, valid=c.valid or c.name == name) for c in table.checks))
        case DropConstraint(name=name):
            return replace(
                table,
                checks=tuple(check for check in table.checks if check.name != name),
                foreign_keys=tuple(key for key in table.foreign_keys if key.name != name),
            )
        case CreateIndex(unique=True, where=None, columns=(_, *_) as columns):
            return _with_key(table, columns)
        case _:
            return table


def facts_of(statements: Iterable[Statement]) -> Facts:
    """Return what the statements that built a schema tell of its tables; a table without a schema is in ``public``."""
    tables: dict[QualifiedName, TableFacts] = {}
    domains: set[QualifiedName] = set()
    for statement in statements:
        for change in statement.changes:
            if isinstance(change, TableChange):
                name = _qualified(change.table)
                tables[name] = learned(tables.get(name, TableFacts()), change)
            if (domain := _constrained_domain(change)) is not None:
                domains.add(_qualified(domain))
    return Facts(tables, frozenset(domains))


def _constrained_domain(change: Change) -> Name | None:
    match change:
        case CreateType(type=name, constrained=True) | ConstrainDomain(domain=name):
            return name
        case _:
            return None


def _qualified(name: Name) -> QualifiedName:
    return QualifiedName(name.schema or "public", name.name)


def _created(change: CreateTable) -> TableFacts:
    table = TableFacts(
        unique_keys=frozenset(),
        partitioned=change.partitioned,
        default_of=change.partition_of if change.bound == DEFAULT else None,
    )
    for column in change.columns:
        table = _with_column(table, column)
    for constraint in change.constraints:
        table = _with_constraint(table, constraint)
    return table


def _column(table: TableFacts, name: str) -> ColumnFacts:
    return table.columns.get(name, ColumnFacts(type=""))


def _with_column_facts(table: TableFacts, name: str, facts: ColumnFacts) -> TableFacts:
    return replace(table, columns={**table.columns, name: facts})


def _with_column(table: TableFacts, column: Column) -> TableFacts:
    default = column.default.text if column.default and not column.generated else None
    table = _with_column_facts(table, column.name, ColumnFacts(column.type, column.not_null, default))
    for constraint in column.constraints:
        table = _with_constraint(table, constraint)
    return table


def _without_column(table: TableFacts, name: str) -> TableFacts:
    keys = table.unique_keys and frozenset(key for key in table.unique_keys if name not in key)
    columns = {known: facts for known, facts in table.columns.items() if known != name}
    return replace(table, columns=columns, unique_keys=keys)


def _with_constraint(table: TableFacts, constraint: Constraint) -> TableFacts:
    if constraint.kind in {"unique", "primary key"} and constraint.columns:
        return _with_key(table, constraint.columns)
    if constraint.references:
        key = ForeignKeyFacts(constraint.name, constraint.references)
        return replace(table, foreign_keys=(*table.foreign_keys, key))
    if constraint.kind in {"check", "not null"}:
        check = CheckFacts(constraint.name, constraint.definition, valid=not constraint.not_valid)
        return replace(table, checks=(*table.checks, check))
    return table


def _with_key(table: TableFacts, columns: Sequence[str]) -> TableFacts:
    """Add a unique key; where the others are not known, they stay so."""
    keys = None if table.unique_keys is None else table.unique_keys | {frozenset(columns)}
    return replace(table, unique_keys=keys)
