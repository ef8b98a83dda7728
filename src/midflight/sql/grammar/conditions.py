"""Reads conditions on a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postgast import PgQueryError, find_nodes
from postgast import parse as parse_by_grammar
from postgast import pg_query_pb2 as pb

from midflight.sql.conditions import Condition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.sql.grammar.nodes import Tree

_REGULAR = frozenset({"~", "~*"})
_LIKE = frozenset({"~~", "~~*"})


def read(text: str) -> Condition:
    """Read a boolean expression."""
    try:
        tree = parse_by_grammar(f"SELECT {text}")
    except PgQueryError:
        return Condition(text, frozenset())
    regular = tuple(_patterns(tree, _REGULAR))
    like = tuple(_patterns(tree, _LIKE))
    arrays = {cast.arg.a_const.sval.sval for cast in find_nodes(tree, pb.TypeCast) if cast.type_name.array_bounds}
    constants = (
        part
        for constant in find_nodes(tree, pb.A_Const)
        for part in (_elements(_text(constant)) if _text(constant) in arrays else (_text(constant),))
    )
    return Condition(
        text,
        columns=frozenset(_column(found) for found in find_nodes(tree, pb.ColumnRef)) - {""},
        constants=tuple(dict.fromkeys(part for part in constants if part and part not in {*regular, *like})),
        regular_expressions=regular,
        like_patterns=like,
    )


def _patterns(tree: Tree, operators: frozenset[str]) -> Iterator[str]:
    for found in find_nodes(tree, pb.A_Expr):
        if found.name[-1].string.sval in operators:
            yield from (_text(constant) for constant in find_nodes(found.rexpr, pb.A_Const))


def _column(reference: pb.ColumnRef) -> str:
    return str(reference.fields[-1].string.sval)


def _text(constant: pb.A_Const) -> str:
    match constant.WhichOneof("val"):
        case "ival":
            return str(constant.ival.ival)
        case "fval":
            return str(constant.fval.fval)
        case "sval":
            return str(constant.sval.sval)
        case _:
            return ""


def _elements(array: str) -> tuple[str, ...]:
    """Split an array's literal of simple elements, such as ``{open,"on hold"}``."""
    return tuple(element.strip().strip('"') for element in array.strip("{}").split(","))
