"""What a server missed when a statement was run, read from its error, and put into the world."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from midflight.presupposed import known
from midflight.presupposed.alterations import need_check
from midflight.presupposed.columns import Weight
from midflight.sql.names import Name

if TYPE_CHECKING:
    from collections.abc import Callable

    from midflight.presupposed.world import World

Place = tuple[int, int]
"""A file and a statement of it, both counted from 0."""

Kind = Literal[
    "relation",
    "column",
    "wrong type",
    "type",
    "function",
    "schema",
    "role",
    "index",
    "trigger",
    "constraint",
    "sequence",
]


@dataclass(frozen=True, slots=True)
class Need:
    """Something that a server missed, and that may have been there before."""

    place: Place
    kind: Kind
    name: str
    table: str | None = None
    """Of a column, trigger or constraint."""
    type: str | None = None
    """Of a column; of a function the types of its arguments."""


AFTER_ITS_STATEMENT = frozenset({"column", "wrong type"})
"""Kinds that can only be told once the tables of the statement are known."""

_MESSAGES: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("column", re.compile(r'column "(?P<name>[^"]+)" of relation "(?P<table>[^"]+)" does not exist')),
    ("wrong type", re.compile(r'column "(?P<name>[^"]+)" is of type .+ but expression is of type (?P<type>.+)')),
    ("wrong type", re.compile(r"argument of .+ must be type (?P<type>\w+), not type .+")),
    ("wrong type", re.compile(r"operator does not exist: (?P<name>.+) [^\w\s]+ (?P<type>.+)")),
    ("column", re.compile(r'column (?:"(?P<name>[^"]+)"|(?P<table>[\w]+)\.(?P<other>\w+)) does not exist')),
    ("column", re.compile(r'column "(?P<name>[^"]+)" (?:referenced in|named in) .+ does not exist')),
    ("constraint", re.compile(r'constraint "(?P<name>[^"]+)" of relation "(?P<table>[^"]+)" does not exist')),
    ("trigger", re.compile(r'trigger "(?P<name>[^"]+)" for (?:table|relation) "(?P<table>[^"]+)" does not exist')),
    ("sequence", re.compile(r'sequence "(?P<name>[^"]+)" does not exist')),
    ("relation", re.compile(r'(?:relation|table|view) "(?P<name>[^"]+)" does not exist')),
    ("type", re.compile(r'type "(?P<name>[^"]+)" does not exist')),
    ("index", re.compile(r'index "(?P<name>[^"]+)" does not exist')),
    ("role", re.compile(r'role "(?P<name>[^"]+)" does not exist')),
    ("schema", re.compile(r'schema "(?P<name>[^"]+)" does not exist')),
    ("function", re.compile(r"(?:function|procedure) (?P<name>[\w.]+)\((?P<type>.*)\) does not exist")),
)


def need_of(place: Place, message: str) -> Need | None:
    """Read PostgreSQL's message, in English; None where it speaks of nothing that can be presumed."""
    for kind, pattern in _MESSAGES:
        found = pattern.search(message)
        if found:
            parts = found.groupdict()
            name = parts.get("name") or parts.get("other") or ""
            return Need(place, kind, name, parts.get("table"), parts.get("type"))
    return None


def answer(world: World, need: Need) -> None:
    """Take note of what was missed, unless the files made it or dropped it."""
    _ANSWERS[need.kind](world, need)


def _type(world: World, need: Need) -> None:
    name = _name(need.name)
    world.type(Name(name.schema, name.name.removesuffix("[]")))


def _function(world: World, need: Need) -> None:
    types = [type_.strip() for type_ in (need.type or "").split(",") if type_.strip()]
    world.need_function(_name(need.name), ["text" if type_ == "unknown" else type_ for type_ in types])


def _trigger(world: World, need: Need) -> None:
    relation = world.relation(_name(need.table or ""))
    if relation:
        world.need_trigger(relation, need.name)


def _constraint(world: World, need: Need) -> None:
    relation = world.relation(_name(need.table or ""))
    if relation and need.name not in relation.constraints:
        need_check(relation, need.name, "")


def _name(text: str) -> Name:
    schema, _, name = text.rpartition(".")
    return Name(schema or None, name)


def _column(world: World, need: Need) -> None:
    """Give it to the table that is told, else to the last that lacks it: missed again, to the one before."""
    tables = [world.find(_name(need.table))] if need.table else []
    candidates = [table for table in tables if table] or world.named(need.place)[::-1]
    for relation in candidates:
        column = relation.column(need.name) if relation.presumed and not relation.has(need.name) else None
        if column:
            world.name_column(column)
            return


def _wrong_type(world: World, need: Need) -> None:
    """Give the type to the one column of the statement of which nothing else tells; to none of several."""
    wanted = _single(need)
    named = {id(column): column for column in world.columns_named(need.place)}
    untold = [column for column in named.values() if column.made is None and not column.first().hints]
    meant = [column for column in untold if column.name == need.name] or untold
    if wanted and len(meant) == 1:
        meant[0].hint(wanted, Weight.USE)


def _single(need: Need) -> str | None:
    type_ = need.type or ""
    return type_ if known.is_known_type(type_) and type_ != "unknown" else None


_ANSWERS: dict[Kind, Callable[[World, Need], object]] = {
    "relation": lambda world, need: world.relation(_name(need.name)),
    "sequence": lambda world, need: world.need_sequence(_name(need.name)),
    "type": _type,
    "schema": lambda world, need: world.need_schema(need.name),
    "role": lambda world, need: world.need_role(need.name),
    "index": lambda world, need: world.need_index(_name(need.name)),
    "function": _function,
    "column": _column,
    "wrong type": _wrong_type,
    "trigger": _trigger,
    "constraint": _constraint,
}
