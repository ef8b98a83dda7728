"""Adds a condition to the parse tree of an UPDATE or DELETE."""

from __future__ import annotations

from google.protobuf.message import DecodeError
from postgast import PgQueryError, deparse, parse
from postgast import pg_query_pb2 as pb

from midflight.sql.grammar.nodes import opened

_NUMBER = 65000
"""The number of our own parameter: above any that a driver sends."""


def narrowed(text: str, column: str) -> str | None:
    """Read, add the condition, write; see :func:`midflight.sql.narrow.narrowed`."""
    try:
        tree = parse(text)
    except (PgQueryError, DecodeError):
        return None
    kind, statement = opened(tree.stmts[0].stmt)
    if kind not in {"update_stmt", "delete_stmt"}:
        return None
    target = statement.relation.alias.aliasname or statement.relation.relname
    condition = _in_batch(target, column)
    if statement.HasField("where_clause"):
        both = pb.BoolExpr(boolop=pb.AND_EXPR, args=[statement.where_clause, condition])
        condition = pb.Node(bool_expr=both)
    statement.where_clause.CopyFrom(condition)
    return str(deparse(tree)).replace(f"${_NUMBER}", ":batch")


def _in_batch(target: str, column: str) -> pb.Node:
    fields = [pb.Node(string=pb.String(sval=name)) for name in (target, column)]
    return pb.Node(
        a_expr=pb.A_Expr(
            kind=pb.AEXPR_OP_ANY,
            name=[pb.Node(string=pb.String(sval="="))],
            lexpr=pb.Node(column_ref=pb.ColumnRef(fields=fields)),
            rexpr=pb.Node(param_ref=pb.ParamRef(number=_NUMBER)),
        )
    )
