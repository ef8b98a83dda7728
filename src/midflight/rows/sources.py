"""Where the values of each column come from, and what they must satisfy, as plain data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from midflight.pg.identifiers import quote_identifier
from midflight.rows.candidates import candidates, domain_query
from midflight.sql.conditions import Condition, read_condition

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from midflight.pg.identifiers import QualifiedName
    from midflight.rows.facts import ColumnFacts, TableFacts, Types

# How many rows of a table that is referred to are looked at, and how many partitions.
_PARENTS = 5
_PARTITIONS = 50


@dataclass(frozen=True, slots=True)
class Binding:
    """Columns whose values must stand in columns of another table."""

    columns: tuple[str, ...]
    table: QualifiedName
    table_columns: tuple[str, ...]
    full: bool = False
    """Whether they are NULL all together or not at all."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What the values of some columns must satisfy together."""

    name: str
    """The constraint's."""
    text: str
    columns: frozenset[str]


@dataclass(frozen=True, slots=True)
class Source:
    """What one column's values are taken from: one of the four."""

    column: ColumnFacts
    values: tuple[str, ...] = ()
    """SQL expressions, the preferred first; where there are none, NULL."""
    query: str | None = None
    """A query of one column."""
    same_as: str | None = None
    """Another column of the same row: a row that refers to itself."""
    number: str | None = None
    """The next of a sequence, written out since other columns need it."""

    @property
    def is_searched(self) -> bool:
        """Whether there is something to choose from."""
        return self.same_as is None and self.number is None


@dataclass(frozen=True, slots=True)
class Sources:
    """The columns to which an INSERT gives values, and what these must satisfy."""

    columns: tuple[Source, ...]
    demands: tuple[Demand, ...]

    @property
    def unknown(self) -> ColumnFacts | None:
        """A column that must have a value, where none is known of its type."""
        for source in self.columns:
            if source.is_searched and source.column.not_null and not source.values and source.query is None:
                return source.column
        return None


def find_sources(table: TableFacts, types: Types, missing: Collection[int], asked: Sequence[Binding] = ()) -> Sources:
    """Choose where the values of a table's columns come from.

    Args:
        table: what is to be filled.
        types: the types of its columns.
        missing: tables without rows, from which a foreign key can take none.
        asked: what rows elsewhere say already of this table's: in a circle of foreign keys, one table comes first.
    """
    bindings = sorted((*asked, *_bindings(table, missing)), key=lambda binding: -len(binding.columns))
    checks = tuple(_checks(table))
    itself = _refers_to_itself(table)
    nothing = _columns_without_parents(table, missing) - itself.keys()
    bound = {column: binding for binding in reversed(bindings) for column in binding.columns}
    written_out = {*itself.values(), *bound}
    sources = []
    for column in table.columns:
        if column.generated or (column.next is not None and column.name not in written_out):
            continue
        if column.name in itself:
            sources.append(Source(column, same_as=itself[column.name]))
        elif column.name in bound:
            sources.append(Source(column, query=_parents_query(bound[column.name], column.name)))
        elif column.next is not None:
            sources.append(Source(column, number=column.next))
        elif column.name in nothing:
            sources.append(Source(column))
        else:
            about = [check for _, check in checks if column.name in check.columns]
            sources.append(_own_values(column, types, about))
    searched = {source.column.name for source in sources if source.is_searched}
    demands = (
        *(Demand(name, check.text, check.columns) for name, check in checks),
        *(_as_demand(binding) for binding in bindings if not _is_source(binding, bound)),
    )
    # What mentions a column that is not chosen here, such as a generated one, is left to the server.
    return Sources(tuple(sources), tuple(demand for demand in demands if demand.columns and demand.columns <= searched))


def _own_values(column: ColumnFacts, types: Types, conditions: Sequence[Condition]) -> Source:
    if types[column.type].kind == "d" and (query := domain_query(types, column.type, conditions)):
        return Source(column, query=query)
    return Source(column, candidates(types, column.type, column.typmod, conditions))


def _checks(table: TableFacts) -> Iterator[tuple[str, Condition]]:
    yield from ((name, read_condition(text)) for name, text in table.checks)
    partitions = table.partitions or ()
    if partitions and "" not in partitions:
        text = " OR ".join(f"({text})" for text in partitions[:_PARTITIONS])
        condition = read_condition(text)
        # The constants of a hash are moduli, and say nothing of values.
        yield (
            "the bounds of its partitions",
            replace(condition, constants=()) if "satisfies_hash_partition" in text else condition,
        )


def _bindings(table: TableFacts, missing: Collection[int]) -> Iterator[Binding]:
    for key in table.foreign_keys:
        if key.target not in missing and key.target != table.oid:
            yield Binding(key.columns, key.target_name, key.target_columns, key.full)


def _refers_to_itself(table: TableFacts) -> Mapping[str, str]:
    """Return the columns that no row can do without and that refer to the same table, with what they refer to."""
    return {
        column: target
        for key in table.foreign_keys
        if key.target == table.oid and table.is_hard(key)
        for column, target in zip(key.columns, key.target_columns, strict=True)
        if column != target
    }


def _columns_without_parents(table: TableFacts, missing: Collection[int]) -> set[str]:
    """Return the columns that are NULL as long as the table that they refer to has no rows."""
    return {
        column
        for key in table.foreign_keys
        if (key.target in missing or key.target == table.oid) and not table.is_hard(key)
        for column in key.columns
        if not table.column(column).not_null
    }


def _is_source(binding: Binding, bound: Mapping[str, Binding]) -> bool:
    return len(binding.columns) == 1 and bound[binding.columns[0]] is binding


def _as_demand(binding: Binding) -> Demand:
    columns = [quote_identifier(column) for column in binding.columns]
    nulls = (" AND " if binding.full else " OR ").join(f"{column} IS NULL" for column in columns)
    targets = ", ".join(f"r.{quote_identifier(column)}" for column in binding.table_columns)
    found = f"({', '.join(columns)}) IN (SELECT {targets} FROM {binding.table.sql} AS r)"  # noqa: S608 -- quoted names
    return Demand(f"the foreign key to {binding.table}", f"({nulls}) OR {found}", frozenset(binding.columns))


def _parents_query(binding: Binding, column: str) -> str:
    wanted = quote_identifier(binding.table_columns[binding.columns.index(column)])
    columns = [quote_identifier(name) for name in binding.table_columns]
    listed, filled = ", ".join(columns), " AND ".join(f"{name} IS NOT NULL" for name in columns)
    places = ", ".join(str(place) for place in range(1, len(columns) + 1))
    parents = f"SELECT DISTINCT {listed} FROM {binding.table.sql} WHERE {filled} ORDER BY {places} LIMIT {_PARENTS}"  # noqa: S608 -- quoted names
    return f"SELECT DISTINCT {wanted} FROM ({parents}) AS r ORDER BY 1"  # noqa: S608 -- quoted names
