"""What hangs on columns, and how it is written for those that are to take their places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from midflight.operations.twin_names import built_name, final_name
from midflight.sql.names import Name
from midflight.sql.renamed_columns import constraint_over, index_over, statistics_over

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.operations.state import Constraint, Index, Relation, State

Columns = Mapping[Name, Mapping[str, str]]
"""By table, with its schema: each column with the one that is to take its place."""
Kind = Literal["index", "primary key", "unique", "foreign key", "check", "exclusion", "statistics"]
_KEYS = frozenset({"primary key", "unique"})
_CONSTRAINTS: Mapping[str, Kind] = {"foreign key": "foreign key", "check": "check", "exclusion": "exclusion"}


@dataclass(frozen=True, slots=True)
class Twin:
    """The copy of an index, a constraint or extended statistics over the new columns."""

    kind: Kind
    table: Name
    old: str
    """The name of the one that goes."""
    built: str
    """What it is called as long as both are there."""
    final: str
    definition: str
    """Of an index and of a key: what follows the table in CREATE INDEX. Of a constraint: what follows its name. Of
    statistics: the statement."""
    like: Index | None = None
    """Of an index and of a key: what the old one would be over the new columns."""
    valid: bool = True
    """Whether the old one holds for all rows."""
    target: Name | None = None
    """The table that a foreign key refers to."""
    schema: str | None = None
    """Of statistics, which can be in another one than their table."""
    deferring: str = ""
    """Of a key: when it is checked, with a space before."""
    comment: str | None = None
    clusters: bool = False
    identifies: bool = False

    @property
    def unique(self) -> bool:
        """Whether it is a unique index, or the index of a key."""
        return self.like is not None and self.like.unique


def twins_of(columns: Columns, state: State) -> tuple[Twin, ...]:
    """Return a copy of all that uses the columns, foreign keys of other tables too; keys and indexes come first.

    Raises:
        UnreadableDefinitionError: where a definition cannot be read.
    """
    relations = {relation.name: relation for relation in state.relations.values()}.values()
    twins = [twin for relation in relations for twin in _of_relation(relation, columns)]
    return tuple(sorted(twins, key=lambda twin: (_ORDER.index(twin.kind), twin.table.sql, twin.old)))


_ORDER: tuple[Kind, ...] = ("primary key", "unique", "index", "exclusion", "check", "statistics", "foreign key")


def _of_relation(relation: Relation, columns: Columns) -> Iterator[Twin]:
    own = columns.get(relation.name, {})
    for name, constraint in relation.constraints.items():
        if constraint.kind in _CONSTRAINTS:
            yield from _of_constraint(relation.name, name, constraint, columns)
    if not own:
        return
    for name, index in relation.indexes.items():
        if index.valid:
            yield from _of_index(relation, name, index, own)
    for name, statistics in relation.statistics.items():
        built = built_name(name, own)
        definition = statistics_over(statistics.definition, own, Name(statistics.schema, built))
        if definition != statistics_over(statistics.definition, {}, Name(statistics.schema, built)):
            final = final_name(name, own)
            yield Twin(
                "statistics",
                relation.name,
                name,
                built,
                final,
                definition,
                schema=statistics.schema,
                comment=statistics.comment,
            )


def _of_constraint(table: Name, name: str, found: Constraint, columns: Columns) -> Iterator[Twin]:
    own = columns.get(table, {})
    there = columns.get(found.target, {}) if found.target else {}
    definition = constraint_over(found.definition, own, found.target, there) if own or there else found.definition
    if not (own or there) or definition == constraint_over(found.definition, {}, found.target):
        return
    yield Twin(
        _CONSTRAINTS[found.kind],
        table,
        name,
        built_name(name, own),
        final_name(name, own),
        definition,
        valid=found.valid,
        target=found.target,
        comment=found.comment,
    )


def _of_index(relation: Relation, name: str, index: Index, own: Mapping[str, str]) -> Iterator[Twin]:
    constraint = relation.constraints.get(index.constraint or "")
    definition = index_over(index.shape, own)
    if definition == index_over(index.shape, {}) or (constraint is not None and constraint.kind not in _KEYS):
        return
    kind: Kind = "index" if constraint is None else "unique" if constraint.kind == "unique" else "primary key"
    yield Twin(
        kind,
        relation.name,
        name,
        built_name(name, own),
        final_name(name, own),
        definition,
        _over(index, own),
        deferring=_deferring(constraint),
        comment=index.comment if constraint is None else constraint.comment,
        clusters=index.clusters,
        identifies=index.identifies,
    )


def _over(index: Index, own: Mapping[str, str]) -> Index:
    return replace(
        index,
        columns=None if index.columns is None else tuple(own.get(column, column) for column in index.columns),
        include=tuple(own.get(column, column) for column in index.include),
        uses=tuple(sorted(own.get(column, column) for column in index.uses)),
    )


def _deferring(constraint: Constraint | None) -> str:
    """As ``pg_get_constraintdef`` writes it, at the end."""
    _, word, rest = constraint.definition.partition(" DEFERRABLE") if constraint else ("", "", "")
    return word + rest
