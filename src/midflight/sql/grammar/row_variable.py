"""Puts a row variable in front of the columns of an expression."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postgast import PgQueryError, find_nodes
from postgast import parse as parse_by_grammar
from postgast import pg_query_pb2 as pb

from midflight.errors import SqlSyntaxError
from midflight.sql.grammar.expressions import expression_text

if TYPE_CHECKING:
    from collections.abc import Iterator

_BEFORE = "SELECT "
_OF_ONE_VALUE = {"target_list", "limit_option", "op"}
"""What the tree of a SELECT of one value has set, with nothing behind the value."""


def rewritten(expression: str, columns: frozenset[str], variable: str) -> str:
    """Put the variable in front of the columns."""
    node = _scalar(expression)
    for reference in _plain_references(node):
        if reference.fields[0].string.sval in columns:
            reference.fields.insert(0, pb.Node(string=pb.String(sval=variable)))
    return expression_text(node)


def column_names(expression: str) -> tuple[str, ...]:
    """Return the columns that an expression names."""
    return tuple(
        dict.fromkeys(str(one.fields[-1].string.sval) for one in find_nodes(_scalar(expression), pb.ColumnRef))
    )


def _plain_references(node: pb.Node) -> Iterator[pb.ColumnRef]:
    return (one for one in list(find_nodes(node, pb.ColumnRef)) if len(one.fields) == 1)


def _scalar(expression: str) -> pb.Node:
    """Read one expression; what would end it, or read another table, is refused."""
    try:
        tree = parse_by_grammar(_BEFORE + expression)
    except PgQueryError as error:
        raise SqlSyntaxError(f"{expression}: {error.message}", position=0) from error
    select = tree.stmts[0].stmt.select_stmt if len(tree.stmts) == 1 else pb.SelectStmt()
    parts = {part.name for part, _ in select.ListFields()}
    if parts != _OF_ONE_VALUE or len(select.target_list) != 1 or select.target_list[0].res_target.name:
        raise SqlSyntaxError(f"{expression}: this is not one expression", position=0)
    value = select.target_list[0].res_target.val
    if next(iter(find_nodes(value, pb.SubLink)), None) is not None:
        raise SqlSyntaxError(f"{expression}: a sub-select cannot stand here", position=0)
    return value
