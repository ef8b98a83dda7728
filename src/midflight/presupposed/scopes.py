"""Which columns an expression may name: the relations around it, by their aliases."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from midflight.presupposed.known import SYSTEM_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from midflight.presupposed.columns import Column
    from midflight.presupposed.relations import Relation

    Operand = Column | str | None


@dataclass(frozen=True, slots=True)
class Source:
    """One entry of a FROM clause."""

    alias: str
    relation: Relation | None = None
    columns: Mapping[str, Operand] | None = field(default_factory=dict)
    """Of a sub-select and the like: its columns, and what each is; None where they are not known."""


@dataclass(eq=False, slots=True)
class Scope:
    """The entries of a FROM clause, and those of the queries around it."""

    outer: Scope | None = None
    sources: list[Source] = field(default_factory=list)
    queries: dict[str, Mapping[str, Operand] | None] = field(default_factory=dict)
    """The columns of the WITH clause's queries."""

    def query(self, name: str) -> tuple[bool, Mapping[str, Operand] | None]:
        """Tell whether a WITH clause defines a name, and its columns."""
        if name in self.queries:
            return True, self.queries[name]
        return self.outer.query(name) if self.outer else (False, None)

    def find(self, alias: str | None, column: str) -> Operand:
        """Find a column, or the type of one of a sub-select; None where nobody can tell."""
        if column in SYSTEM_COLUMNS:
            return None
        if alias is not None:
            return self._of_alias(alias, column)
        if any(source.alias == column for source in self.sources):
            return None  # a whole row
        known = [source for source in self.sources if _has(source, column)]
        if known:
            return _of_source(known[0], column)
        return self._presumed(column)

    def _of_alias(self, alias: str, column: str) -> Operand:
        for source in self.sources:
            if source.alias == alias:
                return _of_source(source, column)
        return self.outer.find(alias, column) if self.outer else None

    def _presumed(self, column: str) -> Operand:
        if any(source.columns is None for source in self.sources):
            return None
        if self._outer_has(column):
            return self.outer.find(None, column) if self.outer else None
        for source in self.sources:
            found = source.relation.column(column) if source.relation else None
            if found:
                return found
        return self.outer.find(None, column) if self.outer else None

    def _outer_has(self, column: str) -> bool:
        outer = self.outer
        while outer:
            if any(_has(source, column) for source in outer.sources) and not self.sources:
                return True
            outer = outer.outer
        return False


def _of_source(source: Source, column: str) -> Operand:
    if source.relation:
        return source.relation.column(column)
    return source.columns.get(column) if source.columns else None


def _has(source: Source, column: str) -> bool:
    if source.relation:
        return source.relation.has(column)
    return source.columns is not None and column in source.columns
