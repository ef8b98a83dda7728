"""From the catalog to what hazards may know of tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight import sql
from midflight.catalog import Snapshot, domains, tables
from midflight.hazards.facts import CheckFacts, ColumnFacts, Facts, TableFacts
from midflight.sql.changes import TableChange

if TYPE_CHECKING:
    from collections.abc import Iterable

    from midflight.pg.identifiers import QualifiedName
    from midflight.trace.record import TracedStatement


def facts_of(snapshot: Snapshot, statements: Iterable[TracedStatement]) -> Facts:
    """Tell what the snapshot knows of the tables that the statements change; the others are not looked at."""
    names = {
        change.table.name
        for statement in statements
        for change in sql.parse(statement.sql).changes
        if isinstance(change, TableChange)
    }
    concerned = [table for table in tables.table_names(snapshot) if table.name in names] if names else []
    constrained = domains.constrained_domains(snapshot) if names else frozenset()
    return Facts({table: _table(snapshot, table) for table in concerned}, constrained)


def _table(snapshot: Snapshot, name: QualifiedName) -> TableFacts:
    return TableFacts(
        columns={
            column.name: ColumnFacts(column.type, column.not_null, column.default)
            for column in tables.columns(snapshot, name)
        },
        unique_keys=tables.unique_keys(snapshot, name),
        checks=tuple(
            CheckFacts(check.name, check.definition, valid=check.valid) for check in tables.checks(snapshot, name)
        ),
    )
