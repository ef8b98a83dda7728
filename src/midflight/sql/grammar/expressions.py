"""Expressions: their text, the functions they call, the columns they prove not to be NULL."""

from __future__ import annotations

from postgast import deparse, find_nodes
from postgast import pg_query_pb2 as pb

from midflight.sql.expressions import Expression
from midflight.sql.grammar.nodes import opened


def read_expression(node: pb.Node) -> Expression:
    """Read an expression."""
    return Expression(
        text=expression_text(node),
        functions=tuple(call.funcname[-1].string.sval for call in find_nodes(node, pb.FuncCall)),
        is_null=_uncast(node).a_const.isnull,
        column=_column(_uncast(node)),
        never_null=_never_null(node),
    )


def read_optional(node: pb.Node) -> Expression | None:
    """Read an expression that may be absent."""
    return read_expression(node) if node.WhichOneof("node") else None


def expression_text(node: pb.Node) -> str:
    """Write an expression as SQL."""
    select = pb.SelectStmt(target_list=[pb.Node(res_target=pb.ResTarget(val=node))])
    tree = pb.ParseResult(stmts=[pb.RawStmt(stmt=pb.Node(select_stmt=select))])
    return str(deparse(tree)).removeprefix("SELECT ")


def _uncast(node: pb.Node) -> pb.Node:
    while node.HasField("type_cast"):
        node = node.type_cast.arg
    return node


def _column(node: pb.Node) -> str | None:
    fields = node.column_ref.fields
    return fields[0].string.sval if len(fields) == 1 and fields[0].HasField("string") else None


def _never_null(node: pb.Node) -> frozenset[str]:
    kind, inner = opened(node)
    if kind == "null_test" and inner.nulltesttype == pb.IS_NOT_NULL:
        column = _column(inner.arg)
        return frozenset({column} if column else ())
    return _never_null_of_all(inner) if kind == "bool_expr" and inner.boolop == pb.AND_EXPR else frozenset()


def _never_null_of_all(conjunction: pb.BoolExpr) -> frozenset[str]:
    return frozenset().union(*(_never_null(argument) for argument in conjunction.args))
