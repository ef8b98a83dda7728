"""What is known of tables beside the statement: columns, unique keys, CHECK constraints."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from midflight.sql import parse
from midflight.sql.changes import AddConstraint

if TYPE_CHECKING:
    from collections.abc import Mapping

    from midflight.pg.identifiers import QualifiedName
    from midflight.sql.names import Name


@dataclass(frozen=True, slots=True)
class ColumnFacts:
    """A column."""

    type: str
    """As ``format_type`` writes it, such as ``character varying(20)``."""
    not_null: bool = False
    default: str | None = None
    """As ``pg_get_expr`` writes it; None where there is none."""


@dataclass(frozen=True, slots=True)
class CheckFacts:
    """A CHECK constraint, or a NOT NULL constraint that has a name."""

    name: str | None
    definition: str
    """As ``pg_get_constraintdef`` writes it, such as ``CHECK ((total > 0))``."""
    valid: bool = True

    @property
    def never_null(self) -> frozenset[str]:
        """The columns that it proves not to be NULL once it is valid."""
        (change,) = parse(f"ALTER TABLE t ADD {self.definition}").changes or (None,)
        if not isinstance(change, AddConstraint):
            return frozenset()
        constraint = change.constraint
        if constraint.kind == "not null":
            return frozenset(constraint.columns)
        return constraint.check.never_null if constraint.check else frozenset()


@dataclass(frozen=True, slots=True)
class ForeignKeyFacts:
    """A foreign key, at the table that holds it."""

    name: str | None
    """None where the statement left it to PostgreSQL."""
    references: Name


@dataclass(frozen=True, slots=True)
class TableFacts:
    """A table, as far as it is known."""

    columns: Mapping[str, ColumnFacts] = field(default_factory=dict)
    unique_keys: frozenset[frozenset[str]] | None = None
    """The columns of each unique index that has no condition and no expression; None where they are not known."""
    checks: tuple[CheckFacts, ...] = ()
    foreign_keys: tuple[ForeignKeyFacts, ...] = ()
    """As far as statements tell."""
    partitioned: bool = False
    """Whether a statement tells that it has partitions."""
    default_of: Name | None = None
    """The partitioned table whose default partition it is, where a statement tells that."""

    def is_never_null(self, column: str) -> bool:
        """Tell whether the column is NOT NULL, or a valid constraint proves it."""
        known = self.columns.get(column)
        return (known is not None and known.not_null) or any(
            check.valid and column in check.never_null for check in self.checks
        )


@dataclass(frozen=True, slots=True)
class Facts:
    """The tables and types as they were before the revision; what is not in it is unknown."""

    tables: Mapping[QualifiedName, TableFacts] = field(default_factory=dict)
    constrained_domains: frozenset[QualifiedName] = frozenset()
    """Domains that have a CHECK or NOT NULL."""

    def table(self, name: Name) -> TableFacts | None:
        """Find a table; one without a schema is the one of ``public`` or the only one of that name."""
        found = [known for known in self.tables if name.may_be(known)]
        if len(found) > 1:
            found = [known for known in found if known.schema == "public"]
        return self.tables[found[0]] if found else None

    def default_partition(self, name: Name) -> QualifiedName | None:
        """Find the default partition of a partitioned table; None where none is known."""
        found = (known for known, table in self.tables.items() if table.default_of and table.default_of.may_be(name))
        return next(found, None)


NOTHING_KNOWN = Facts()
