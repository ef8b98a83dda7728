"""How far the condition of an UPDATE or DELETE limits its rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from postgast import find_nodes
from postgast import pg_query_pb2 as pb

from midflight.sql.grammar.nodes import opened
from midflight.sql.where import Where

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from midflight.sql.grammar.nodes import Tree

Smallness = Literal["listed", "limited"]
"""Why a source of rows is small: its rows stand in the statement (VALUES, parameters), or it has a LIMIT."""

_LOWER, _UPPER = frozenset({">", ">="}), frozenset({"<", "<="})
_BETWEEN = frozenset({pb.AEXPR_BETWEEN, pb.AEXPR_BETWEEN_SYM})
_MIRRORED = {">": "<", ">=": "<=", "<": ">", "<=": ">="}


@dataclass(frozen=True, slots=True)
class Binding:
    """What a part of a condition says of the target's columns; the bounds are not yet a range."""

    pinned: frozenset[str] = frozenset()
    limited: frozenset[str] = frozenset()
    lower: frozenset[str] = frozenset()
    upper: frozenset[str] = frozenset()
    current_of: bool = False

    def __and__(self, other: Binding) -> Binding:
        return Binding(
            self.pinned | other.pinned,
            self.limited | other.limited,
            self.lower | other.lower,
            self.upper | other.upper,
            self.current_of or other.current_of,
        )

    def __or__(self, other: Binding) -> Binding:
        return Binding(
            self.pinned & other.pinned,
            self.limited & other.limited,
            self.lower & other.lower,
            self.upper & other.upper,
            self.current_of and other.current_of,
        )

    def as_where(self) -> Where:
        """Tell it as plain data."""
        return Where(self.pinned, self.limited, self.lower & self.upper, self.current_of)


@dataclass(frozen=True, slots=True)
class Scope:
    """What names mean in the condition of one UPDATE or DELETE."""

    target: str
    """The changed table, by its alias where it has one."""
    small: Mapping[str, Smallness] = field(default_factory=dict)
    """The other sources of rows that are small, by alias; those of the WITH clause by their names."""


def read_where(node: pb.Node, scope: Scope) -> Where | None:
    """Read a WHERE clause; None where there is none."""
    return _bind(node, scope).as_where() if node.WhichOneof("node") else None


def small_sources(sources: Iterable[pb.Node], with_clause: pb.WithClause) -> dict[str, Smallness]:
    """Tell which sources of a FROM or USING clause are small, and why."""
    small = _small_ctes(with_clause)
    for node in sources:
        alias, why = _source(node, small)
        if why:
            small[alias] = why
    return small


def is_small_source(source: pb.Node, with_clause: pb.WithClause) -> bool:
    """Tell whether one source of rows is small."""
    return _source(source, _small_ctes(with_clause))[1] is not None


def _small_ctes(with_clause: pb.WithClause) -> dict[str, Smallness]:
    ctes = {cte.ctename: smallness(cte.ctequery.select_stmt, {}) for cte in _ctes(with_clause)}
    return {name: why for name, why in ctes.items() if why}


def smallness(select: pb.SelectStmt, small: Mapping[str, Smallness]) -> Smallness | None:
    """Tell why a query returns few rows, or None where it may return many."""
    if select.values_lists:
        return "listed"
    if _has_limit(select):
        return "limited"
    reasons = [_source(node, small)[1] for node in select.from_clause]
    if not reasons and select.target_list:
        return "listed" if _calls(select) <= {"unnest"} else None
    return reasons[0] if len(reasons) == 1 else None


def _ctes(with_clause: pb.WithClause) -> Iterable[pb.CommonTableExpr]:
    return (node.common_table_expr for node in with_clause.ctes)


def _source(node: pb.Node, small: Mapping[str, Smallness]) -> tuple[str, Smallness | None]:
    kind, source = opened(node)
    match kind:
        case "range_subselect":
            return source.alias.aliasname, smallness(source.subquery.select_stmt, small)
        case "range_function":
            return source.alias.aliasname, "listed" if _calls(source) == {"unnest"} and not _columns_in(
                source
            ) else None
        case "range_var":
            return source.alias.aliasname or source.relname, None if source.schemaname else small.get(source.relname)
        case _:
            return "", None


def _calls(node: Tree) -> set[str]:
    """The functions in a source: ``unnest`` of a parameter is a list; ``generate_series`` may give any number."""
    return {call.funcname[-1].string.sval for call in find_nodes(node, pb.FuncCall)}


def _has_limit(select: pb.SelectStmt) -> bool:
    kind, count = opened(select.limit_count)
    return bool(kind) and not (kind == "a_const" and count.isnull)


def _bind(node: pb.Node, scope: Scope) -> Binding:
    kind, inner = opened(node)
    match kind:
        case "bool_expr":
            return _bind_all(inner, scope)
        case "a_expr":
            return _bind_comparison(inner, scope)
        case "sub_link" if inner.sub_link_type == pb.ANY_SUBLINK and _operator(inner.oper_name) in {"", "="}:
            return _bind_membership(inner, scope)
        case "current_of_expr":
            return Binding(current_of=True)
        case _:
            return Binding()


def _bind_all(expression: pb.BoolExpr, scope: Scope) -> Binding:
    parts = [_bind(argument, scope) for argument in expression.args]
    bound = parts[0]
    for part in parts[1:]:
        bound = bound & part if expression.boolop == pb.AND_EXPR else bound | part
    return bound if expression.boolop != pb.NOT_EXPR else Binding()


def _bind_membership(link: pb.SubLink, scope: Scope) -> Binding:
    columns = _columns(link.testexpr, scope)
    why = smallness(link.subselect.select_stmt, scope.small)
    return _pin(columns, why)


def _pin(columns: frozenset[str], why: Smallness | None) -> Binding:
    match why:
        case "listed":
            return Binding(pinned=columns)
        case "limited":
            return Binding(limited=columns)
        case None:
            return Binding()


def _bind_comparison(expression: pb.A_Expr, scope: Scope) -> Binding:
    operator = _operator(expression.name)
    left, right = expression.lexpr, expression.rexpr
    if expression.kind in _BETWEEN and _is_given(right, scope):
        columns = _columns(left, scope)
        return Binding(lower=columns, upper=columns)
    if expression.kind in {pb.AEXPR_IN, pb.AEXPR_OP_ANY, pb.AEXPR_NOT_DISTINCT} and operator == "=":
        return _bind_equal(left, right, scope)
    if expression.kind != pb.AEXPR_OP:
        return Binding()
    if operator == "=":
        return _bind_equal(left, right, scope) & _bind_equal(right, left, scope)
    return _bind_bound(left, operator, right, scope) & _bind_bound(right, _MIRRORED.get(operator, ""), left, scope)


def _bind_equal(left: pb.Node, right: pb.Node, scope: Scope) -> Binding:
    return _pin(_columns(left, scope), _why_few(right, scope))


def _bind_bound(left: pb.Node, operator: str, right: pb.Node, scope: Scope) -> Binding:
    columns = _columns(left, scope) if _is_given(right, scope) else frozenset()
    return Binding(
        lower=columns if operator in _LOWER else frozenset(), upper=columns if operator in _UPPER else frozenset()
    )


def _columns(node: pb.Node, scope: Scope) -> frozenset[str]:
    """The target's columns that a side of a comparison consists of: one, or a row of several."""
    kind, inner = opened(node)
    if kind == "row_expr":
        return frozenset().union(*(_columns(argument, scope) for argument in inner.args))
    if kind == "type_cast":
        return _columns(inner.arg, scope)
    if kind != "column_ref":
        return frozenset()
    *owner, column = [field.string.sval for field in inner.fields]
    return frozenset({column}) if column and owner[-1:] in ([], [scope.target]) else frozenset()


def _why_few(node: pb.Node, scope: Scope) -> Smallness | None:
    """Tell why a side of an equality stands for few values: it is given, or belongs to a small source."""
    kind, inner = opened(node)
    if kind == "column_ref" and len(inner.fields) > 1:
        return scope.small.get(inner.fields[-2].string.sval)
    if kind == "sub_link" and inner.sub_link_type == pb.ARRAY_SUBLINK:
        return smallness(inner.subselect.select_stmt, scope.small)
    return "listed" if _is_given(node, scope) else None


def _is_given(node: pb.Node, scope: Scope) -> bool:
    """Tell whether a side is known before a row is read: it has no column, or is a sub-select of one value.

    A sub-select that names the target is evaluated for each of its rows.
    """
    if node.sub_link.sub_link_type == pb.EXPR_SUBLINK:
        return not any(owner[-1:] == [scope.target] for *owner, _ in _columns_in(node))
    return not _columns_in(node)


def _columns_in(node: Tree) -> list[list[str]]:
    """Every column that a part of the tree mentions, with what it is qualified by."""
    return [[field.string.sval for field in found.fields] for found in find_nodes(node, pb.ColumnRef)]


def _operator(name: Sequence[pb.Node]) -> str:
    return name[-1].string.sval if name else ""
