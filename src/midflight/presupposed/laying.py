"""From what was presumed to the SQL that makes it, in the order in which it can be run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.pg.identifiers import quote_identifier, quote_literal
from midflight.presupposed import known
from midflight.presupposed.columns import UNKNOWN, Column
from midflight.sql.names import Name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from midflight.presupposed.relations import Key, Relation
    from midflight.presupposed.world import Type, World

PLACEHOLDER = "presumed"
"""The label of an enum of which no label is told."""

_FIRST = ("schema", "extension")
_BEFORE_TABLES = ("sequence", "function")
_AFTER_TABLES = ("publication",)

_DEFAULTS = {
    "bigint": "0",
    "boolean": "false",
    "date": "CURRENT_DATE",
    "integer": "0",
    "jsonb": "'{}'",
    "json": "'{}'",
    "numeric": "0",
    "smallint": "0",
    "text": "''",
    "timestamp with time zone": "now()",
    "timestamp without time zone": "now()",
    "uuid": "gen_random_uuid()",
}
_TIMES = frozenset({"date", "timestamp with time zone", "timestamp without time zone"})


def laying(world: World) -> Iterator[str]:
    """Write the statements that make the presumed schema; roles are left out, since they belong to a server."""
    yield from _things(world, _FIRST)
    for type_ in world.presumed_types:
        yield _type(type_)
    yield from _things(world, _BEFORE_TABLES)
    tables = [relation for relation in world.presumed if relation.kind == "table"]
    for relation in sorted(tables, key=lambda one: bool(one.likes)):
        if relation.partition_of is None:
            yield _table(relation, _DEFAULTS | _first_labels(world))
    for number, relation in enumerate(tables):
        if relation.partition_of is not None:
            yield _partition(relation, relation.partition_of, number)
    for relation in world.presumed:
        if relation.kind != "table":
            yield _view(relation)
    for relation in world.presumed:
        yield from _keys(relation)
    for relation in world.presumed:
        yield from (part.definition for part in relation.parts)
    yield from _things(world, _AFTER_TABLES)


def partition_key(relation: Relation) -> tuple[tuple[str, str], ...]:
    """The columns of a presumed table's partition key, with their types: those that fit, else columns of its own."""
    partitioning = relation.partitioning
    if partitioning is None:
        return ()
    left = list(relation.before)
    found: list[tuple[str, str]] = []
    for number, type_ in enumerate(partitioning.types):
        column = next((one for one in left if _fits(one.type, type_)), None)
        if column:
            left.remove(column)
        found.append((column.name, column.type) if column else (f"key{number or ''}", type_))
    return tuple(found)


def own_key(relation: Relation) -> tuple[tuple[str, str], ...]:
    """Those of them that no statement names."""
    names = {column.name for column in relation.before}
    return tuple(column for column in partition_key(relation) if column[0] not in names)


def _fits(type_: str, bound: str) -> bool:
    return type_ == bound or (type_ in _TIMES and bound in _TIMES) or {type_, bound} <= {"integer", "bigint"}


def _things(world: World, kinds: tuple[str, ...]) -> Iterator[str]:
    for kind in kinds:
        yield from (thing.sql for thing in world.things.values() if thing.kind == kind)


def _type(type_: Type) -> str:
    if type_.is_domain:
        return f"CREATE DOMAIN {type_.name.sql} AS text"
    labels = ", ".join(quote_literal(label) for label in type_.labels or [PLACEHOLDER])
    return f"CREATE TYPE {type_.name.sql} AS ENUM ({labels})"


def _first_labels(world: World) -> dict[str, str]:
    """By the name of each enum the value that a column of it can have as its default."""
    return {str(type_.name): quote_literal((type_.labels or [PLACEHOLDER])[0]) for type_ in world.presumed_types}


def _table(relation: Relation, defaults: Mapping[str, str]) -> str:
    columns = [_column(column, defaults) for column in relation.before]
    columns += [f"LIKE {like.name.sql}" for like in relation.likes]
    tail = ""
    if relation.partitioning:
        key = partition_key(relation)
        columns += [f"{quote_identifier(name)} {type_sql(type_)}" for name, type_ in own_key(relation)]
        listed = ", ".join(quote_identifier(name) for name, _ in key)
        tail = f" PARTITION BY {relation.partitioning.strategy} ({listed})"
    create = "CREATE UNLOGGED TABLE" if relation.unlogged else "CREATE TABLE"
    return f"{create} {relation.name.sql} ({', '.join(columns)}){tail}"


def _partition(relation: Relation, parent: Relation, number: int) -> str:
    bounds = {
        "RANGE": "FOR VALUES FROM ({0}) TO ({1})",
        "LIST": "FOR VALUES IN ({0})",
        "HASH": "FOR VALUES WITH (MODULUS 1000, REMAINDER {2})",
    }
    partitioning = parent.partitioning
    key = partition_key(parent)
    low = ", ".join(_bound(type_, number) for _, type_ in key)
    high = ", ".join(_bound(type_, number + 1) for _, type_ in key)
    bound = bounds[partitioning.strategy if partitioning else "RANGE"].format(low, high, number)
    return f"CREATE TABLE {relation.name.sql} PARTITION OF {parent.name.sql} {bound}"


def _bound(type_: str, number: int) -> str:
    """A bound far from all that a file may mean."""
    if type_ in _TIMES:
        return f"'{1000 + number}-01-01'"
    return f"'-{1_000_000 - number}'" if type_ != UNKNOWN else f"'presumed {number:04}'"


def _column(column: Column, defaults: Mapping[str, str]) -> str:
    parts = [quote_identifier(column.name), type_sql(column.type)]
    if column.identity:
        parts.append("GENERATED BY DEFAULT AS IDENTITY")
    elif column.has_default and column.type in defaults:
        parts.append(f"DEFAULT {defaults[column.type]}")
    if column.not_null:
        parts.append("NOT NULL")
    return " ".join(parts)


def _view(relation: Relation) -> str:
    columns = ", ".join(f"NULL::{type_sql(one.type)} AS {quote_identifier(one.name)}" for one in relation.before)
    return f"CREATE {relation.kind.upper()} {relation.name.sql} AS SELECT {columns or '1 AS presumed'}"


def _keys(relation: Relation) -> Iterator[str]:
    names = {column.name for column in relation.before}
    keys = list(relation.keys)
    likely = next((one.name for one in relation.before if one.likely_key and relation.is_likely_key(one.name)), None)
    has_primary = relation.gets_primary_key or any(key.kind == "primary key" for key in keys)
    if likely and relation.kind == "table" and not has_primary and likely not in relation.required:
        yield _primary_key(relation, (likely,), None)
    for key in keys:
        if set(key.columns) <= names or relation.likes:
            yield _key(relation, key)


def _key(relation: Relation, key: Key) -> str:
    columns = ", ".join(map(quote_identifier, _with_partition_key(relation, key.columns)))
    name = f" {quote_identifier(key.name)}" if key.name else ""
    if key.kind == "primary key" and not relation.gets_primary_key and not relation.required & set(key.columns):
        return _primary_key(relation, key.columns, key.name)
    if key.kind in {"index", "plain index"} or relation.kind != "table":
        unique = "" if key.kind == "plain index" else "UNIQUE "
        return f"CREATE {unique}INDEX{name} ON {relation.name.sql} ({columns})"
    constraint = f"CONSTRAINT{name} " if name else ""
    return f"ALTER TABLE {relation.name.sql} ADD {constraint}UNIQUE ({columns})"


def _primary_key(relation: Relation, columns: tuple[str, ...], name: str | None) -> str:
    listed = ", ".join(map(quote_identifier, _with_partition_key(relation, columns)))
    constraint = f"CONSTRAINT {quote_identifier(name)} " if name else ""
    return f"ALTER TABLE {relation.name.sql} ADD {constraint}PRIMARY KEY ({listed})"


def _with_partition_key(relation: Relation, columns: tuple[str, ...]) -> tuple[str, ...]:
    """Of a partitioned table a unique key must have the columns of the partition key."""
    key = [name for name, _ in partition_key(relation)]
    return (*columns, *(name for name in key if name not in columns))


def type_sql(type_: str) -> str:
    """Write a type for a statement: PostgreSQL's own as they are, others quoted."""
    bare = type_.removesuffix("[]")
    if known.is_known_type(type_) or bare.partition("(")[0] in known.TYPE_EXTENSIONS:
        return type_
    schema, _, name = bare.rpartition(".")
    return Name(schema or None, name).sql + type_[len(bare) :]
