"""The small parts that every kind of statement is made of: nodes, names, lists, options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from postgast import find_nodes
from postgast import pg_query_pb2 as pb

from midflight.sql.names import Name

if TYPE_CHECKING:
    from collections.abc import Iterable

Tree = Any
"""A message of the parse tree whose kind is known by another value only, such as a string beside it."""


def opened(node: pb.Node) -> tuple[str, Tree]:
    """Return what a node holds, with the name of its kind, such as ``update_stmt``; an empty node holds None."""
    kind = node.WhichOneof("node")
    return (kind, getattr(node, kind)) if kind else ("", None)


def strings(nodes: Iterable[pb.Node]) -> tuple[str, ...]:
    """Return the texts of a list of string nodes."""
    return tuple(node.string.sval for node in nodes)


def relation_name(relation: pb.RangeVar) -> Name:
    """Return the name of a relation in a statement."""
    return Name(relation.schemaname or None, relation.relname)


def relations_in(query: Tree) -> tuple[Name, ...]:
    """Return the tables and views that a query reads; the name of a WITH clause's query is among them."""
    sources = (node for source in find_nodes(query, pb.SelectStmt) for node in source.from_clause)
    return tuple(relation_name(relation) for node in sources for relation in find_nodes(node, pb.RangeVar))


def dotted_name(parts: Iterable[pb.Node]) -> Name:
    """Return the name that a list of strings spells; a database's name before the schema is left out."""
    *schemas, name = strings(parts)
    return Name(schemas[-1] if schemas else None, name)


def options(elements: Iterable[pb.Node]) -> dict[str, str]:
    """Return ``WITH (...)`` and the like by lower-case name; an option without a value is ``true``."""
    return {element.def_elem.defname.lower(): _option_value(element.def_elem.arg) for element in elements}


def is_on(value: str | None) -> bool:
    """Read a boolean option's value as PostgreSQL does."""
    return value is not None and value.lower() in {"true", "on", "yes", "1"}


def _option_value(argument: pb.Node) -> str:
    kind, value = opened(argument)
    match kind:
        case "string":
            return str(value.sval)
        case "integer":
            return str(value.ival)
        case "boolean":
            return "true" if value.boolval else "false"
        case "":
            return "true"
        case _:
            return kind
