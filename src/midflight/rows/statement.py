"""The INSERT that fills one table: PostgreSQL itself searches the values that fit together.

Values that must satisfy something are found by a query: of all combinations of the columns that are mentioned together,
those that satisfy the CHECK constraints, the bounds of a partition and the foreign keys. The other values stand in the
statement as they are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from midflight.pg.identifiers import quote_identifier
from midflight.rows.candidates import MOST
from midflight.rows.spread import Spread, spread_columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from midflight.rows.facts import TableFacts, Types
    from midflight.rows.sources import Demand, Source, Sources

ROWS = 3
"""How many rows a table is given."""

# How many combinations of values are tried at the most.
_COMBINATIONS = 20_000

_WITHOUT_ORDER = frozenset({"point", "line", "lseg", "box", "path", "polygon", "circle", "json", "xml"})


@dataclass(frozen=True, slots=True)
class _Group:
    """Columns whose values are searched at once, since something mentions them together."""

    alias: str
    sources: tuple[Source, ...]
    demands: tuple[Demand, ...]
    spread: Spread
    keys: tuple[str, ...]
    """Those of its columns that differ in all rows."""


def insert_statement(table: TableFacts, types: Types, sources: Sources, *, rows: int = ROWS) -> str:
    """Write the INSERT.

    A row that is in conflict with another one is left out, where the table lets us say so: a table whose key is a
    boolean has two rows.

    Args:
        table: what is to be filled.
        types: the types of its columns.
        sources: where their values come from.
        rows: how many rows to make, up to ``ROWS``.
    """
    if not sources.columns:
        return ";\n".join([f"INSERT INTO {table.name.sql} DEFAULT VALUES"] * rows)
    spreads, groups = _arrange(table, types, sources)
    grouped = {source.column.name: group.alias for group in groups for source in group.sources}
    plain = [source for source in sources.columns if source.column.name not in grouped and source.same_as is None]
    names = ", ".join(quote_identifier(source.column.name) for source in sources.columns)
    values = ", ".join(_expression(source, grouped, types) for source in sources.columns)
    searches = ",\n".join(_search(group) for group in groups)
    joins = "\n".join(_join(group) for group in groups)
    overriding = " OVERRIDING SYSTEM VALUE" if any(source.column.identity for source in sources.columns) else ""
    ending = "\nON CONFLICT DO NOTHING" if table.keys and table.takes_on_conflict else ""
    return (
        (f"WITH {searches}\n" if groups else "")
        + f"INSERT INTO {table.name.sql} ({names}){overriding}\nSELECT {values}\n"
        + f"FROM {_listed(plain, spreads, rows)}\n{joins}\nORDER BY k.midflight_row{ending}"
    )


def _arrange(table: TableFacts, types: Types, sources: Sources) -> tuple[Mapping[str, Spread], tuple[_Group, ...]]:
    searched = {source.column.name: source for source in sources.columns if source.is_searched}
    groups = _grouped(searched, sources.demands)
    choices = {name: ROWS + 1 if source.query else len(source.values) for name, source in searched.items()}
    spreads = spread_columns(table.keys, choices, _numbered(table, sources), groups)
    mentioned = {column for demand in sources.demands for column in demand.columns}
    found: list[_Group] = []
    for columns in dict.fromkeys(groups.values()):
        members = tuple(source for name, source in searched.items() if name in columns)
        if any(source.query is not None or source.column.name in mentioned for source in members):
            demands = tuple(demand for demand in sources.demands if demand.columns <= columns)
            spread = spreads.get(members[0].column.name, Spread.SHARED)
            keys = _keys_in(table, types, columns) if spread is Spread.DISTINCT and len(columns) > 1 else ()
            found.append(_Group(f"g{len(found) + 1}", members, demands, spread, keys))
    return spreads, tuple(found)


def _grouped(names: Iterable[str], demands: Sequence[Demand]) -> dict[str, frozenset[str]]:
    """Sort columns into groups: two that one demand mentions are in the same."""
    groups = {name: frozenset({name}) for name in names}
    for demand in demands:
        merged = frozenset().union(*(groups[column] for column in demand.columns))
        groups.update(dict.fromkeys(merged, merged))
    return groups


def _numbered(table: TableFacts, sources: Sources) -> frozenset[str]:
    given = {source.column.name for source in sources.columns if source.is_searched}
    return frozenset(column.name for column in table.columns if column.name not in given and not column.generated)


def _keys_in(table: TableFacts, types: Types, columns: frozenset[str]) -> tuple[str, ...]:
    keys = columns.intersection(frozenset().union(*table.keys))
    return tuple(sorted(name for name in keys if types[table.column(name).type].name.name not in _WITHOUT_ORDER))


def _search(group: _Group) -> str:
    """Write the query that finds the combinations, numbered from the best on: few NULLs, and values that stand first.

    Where all must differ, those come first whose values stand as far apart from each other as in others (in a line):
    two of them have no value in common.
    """
    aliases = [f"s{number}" for number in range(1, len(group.sources) + 1)]
    names = [quote_identifier(source.column.name) for source in group.sources]
    columns = [f"{alias}.{name}" for alias, name in zip(aliases, names, strict=True)]
    places = [f"{alias}.midflight_place" for alias in aliases]
    line = ", ".join(f"{place} - {places[0]}" for place in places) if group.spread is Spread.DISTINCT else "0"
    keys = ", ".join([*(quote_identifier(key) for key in group.keys), "midflight_nulls"])
    tables = " CROSS JOIN ".join(
        f"({_choices(source, most)}) AS {alias} ({name}, midflight_place)"
        for alias, name, source, most in zip(aliases, names, group.sources, _shares(len(names)), strict=True)
    )
    fitting = " AND ".join(f"({demand.text})" for demand in group.demands) or "true"
    rank = f"greatest({', '.join(places)}) - least({', '.join(places)})" if group.spread is Spread.DISTINCT else "0"
    return f"""{group.alias} AS MATERIALIZED (
    SELECT *, row_number() OVER (ORDER BY midflight_nulls, midflight_many DESC, midflight_rank) AS midflight_place
    FROM (
        SELECT *, least({ROWS}, count(*) OVER (PARTITION BY midflight_nulls, midflight_line)) AS midflight_many
        FROM (
            SELECT {f"DISTINCT ON ({keys}) " if group.keys else ""}{", ".join(columns)},
                num_nulls({", ".join(columns)}) AS midflight_nulls,
                ARRAY[{line}] AS midflight_line,
                ARRAY[{rank}, {line}, {" + ".join(places)}, {", ".join(places)}] AS midflight_rank
            FROM {tables}
            WHERE {fitting}
            {f"ORDER BY {keys}, midflight_rank" if group.keys else ""}
        ) AS found
    ) AS counted
)"""  # noqa: S608 -- quoted names, and texts from the catalog


def _shares(columns: int) -> list[int]:
    """Return how many choices each column has, so that there are not too many combinations."""
    each = min(MOST, int(_COMBINATIONS ** (1 / columns)))
    if each > 1:
        return [each] * columns
    most = int(math.log2(_COMBINATIONS))
    return [2] * most + [1] * (columns - most)


def _choices(source: Source, most: int) -> str:
    """Write the query of a column's values with their places; NULL, where it may be, is the last."""
    nulls = [] if source.column.not_null else [f"NULL::{source.column.written}"]
    own = max(1, most - len(nulls))
    if source.query is not None:
        chosen = f"SELECT q.value, row_number() OVER () FROM ({source.query} LIMIT {own}) AS q (value)"  # noqa: S608 -- our own query
        return " UNION ALL ".join([chosen, *(f"SELECT {null}, {own + 1}" for null in nulls[: most - 1])])
    values = [*source.values[:own], *nulls[: most - 1 if source.values else 1]]
    listed = ", ".join(f"({value}, {place})" for place, value in enumerate(values, 1))
    wanted = f"num_nonnulls(value) = 1 OR place = {len(values)}" if nulls else "num_nonnulls(value) = 1"
    return f"SELECT * FROM (VALUES {listed}) AS v (value, place) WHERE {wanted}"  # noqa: S608 -- quoted literals


def _listed(plain: Sequence[Source], spreads: Mapping[str, Spread], rows: int) -> str:
    """Write the rows of the values that need no search."""
    names = "".join(f", {quote_identifier(source.column.name)}" for source in plain)
    listed = (
        f"({row + 1}{''.join(f', {_plain_value(source, spreads, row)}' for source in plain)})" for row in range(rows)
    )
    return f"(VALUES {', '.join(listed)}) AS k (midflight_row{names})"


def _plain_value(source: Source, spreads: Mapping[str, Spread], row: int) -> str:
    if source.number is not None:
        return source.number
    if not source.values or (row == ROWS - 1 and not source.column.not_null):
        return f"NULL::{source.column.written}"
    place = spreads.get(source.column.name, Spread.SHARED).value[row]
    return source.values[min(place, len(source.values)) - 1]


def _join(group: _Group) -> str:
    """Write which combination goes to which row; the last row gets the one with the most NULLs, if any."""
    first, second, third = group.spread.value
    count = f"(SELECT count(*) FROM {group.alias})"  # noqa: S608 -- a name of our own
    return (
        f"LEFT JOIN {group.alias} ON {group.alias}.midflight_place = CASE k.midflight_row WHEN 1 THEN {first} "
        f"WHEN 2 THEN least({second}, {count}) ELSE coalesce(({_barest(group)}), least({third}, {count})) END"
    )


def _barest(group: _Group) -> str:
    """Write the query of the combination with the most NULLs; where the first has as many, of the last such."""
    first = f"(SELECT midflight_nulls FROM {group.alias} WHERE midflight_place = 1)"  # noqa: S608 -- a name of our own
    order = f"midflight_nulls DESC, CASE WHEN midflight_nulls = {first} THEN -midflight_place ELSE midflight_place END"
    keys = ", ".join(quote_identifier(key) for key in group.keys)
    others = f"SELECT {keys} FROM {group.alias} WHERE midflight_place <= 2"  # noqa: S608 -- quoted names
    differs = f" AND coalesce(({keys}) NOT IN ({others}), true)" if keys else ""
    return (
        f"SELECT midflight_place FROM {group.alias} WHERE midflight_nulls > 0{differs} "  # noqa: S608 -- quoted names
        f"ORDER BY {order} LIMIT 1"
    )


def _expression(source: Source, grouped: Mapping[str, str], types: Types) -> str:
    name = source.same_as or source.column.name
    value = f"{grouped.get(name, 'k')}.{quote_identifier(name)}"
    # The NULL of a join that found nothing would become a value of a domain unseen, were it not written and read again.
    strict = source.column.not_null and types[source.column.type].kind == "d"
    return f"{value}::text::{source.column.written}" if strict else value
