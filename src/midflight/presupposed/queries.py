"""Reads queries and changes of rows: the relations they name, their columns, and the types of these."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.presupposed.expressions import Expressions
from midflight.presupposed.relations import Key
from midflight.presupposed.scopes import Scope, Source
from midflight.sql.grammar.nodes import opened, relation_name, strings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from midflight.presupposed.columns import Column
    from midflight.presupposed.expressions import Operand
    from midflight.presupposed.relations import Relation
    from midflight.presupposed.world import World
    from midflight.sql.grammar.nodes import Tree

    Columns = list[tuple[str, Operand]]


class Queries:
    """Reads queries within a world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.expressions = Expressions(world, self.read)

    def read(self, node: Tree, outer: Scope | None = None) -> Columns | None:
        """Read a query or a change of rows; return its columns, None where they cannot be told."""
        kind, inner = opened(node)
        readers: dict[str, Callable[[Tree, Scope | None], Columns | None]] = {
            "select_stmt": self.select,
            "insert_stmt": self._insert,
            "update_stmt": self._update,
            "delete_stmt": self._delete,
            "merge_stmt": self._merge,
        }
        reader = readers.get(kind)
        return reader(inner, outer) if reader else None

    def select(self, select: Tree, outer: Scope | None = None) -> Columns | None:
        """Read a SELECT or VALUES."""
        scope = self._with(select, outer)
        if select.HasField("larg"):
            left, right = self.select(select.larg, scope), self.select(select.rarg, scope)
            for (_, one), (_, other) in zip(left or (), right or (), strict=False):
                self.expressions.relate(one, other)
            return left
        if select.values_lists:
            return self._values(select, scope)
        self.sources(select.from_clause, scope)
        columns = self._targets(select.target_list, scope)
        names = {name for name, _ in columns or ()}
        if select.HasField("where_clause"):
            self.expressions.condition(select.where_clause, scope)
        self._by(select.group_clause, scope, names)
        self._by((node.sort_by.node for node in select.sort_clause), scope, names)
        self.expressions.read_all(select.distinct_clause, scope)
        if select.HasField("having_clause"):
            self.expressions.condition(select.having_clause, scope)
        for node in select.window_clause:
            self.expressions.read_all(node.window_def.partition_clause, scope)
            self._by((each.sort_by.node for each in node.window_def.order_clause), scope, set())
        return columns

    def sources(self, nodes: Iterable[Tree], scope: Scope) -> None:
        """Read a FROM clause into a scope."""
        for node in nodes:
            kind, inner = opened(node)
            if kind == "range_var":
                self._range_var(inner, scope)
            elif kind == "range_subselect":
                columns = self.read(inner.subquery, scope)
                scope.sources.append(
                    Source(inner.alias.aliasname, None, _named(strings(inner.alias.colnames), columns))
                )
            elif kind == "join_expr":
                self._join(inner, scope)
            elif kind == "range_function":
                self.expressions.read_all((each.list.items[0] for each in inner.functions), scope)
                names = strings(inner.alias.colnames) or tuple(each.column_def.colname for each in inner.coldeflist)
                known = dict.fromkeys((*names, inner.alias.aliasname)) if names else None
                scope.sources.append(Source(inner.alias.aliasname, None, known))

    def table(self, relation: Tree, scope: Scope) -> Relation | None:
        """Find the relation that a statement changes and put it into the scope."""
        found = self._world.relation(relation_name(relation))
        scope.sources.append(Source(relation.alias.aliasname or relation.relname, found))
        return found

    def targets(self, relation: Relation | None, nodes: Iterable[Tree], scope: Scope) -> None:
        """Read the SET clause of an UPDATE."""
        for node in nodes:
            target = node.res_target
            column = relation.column(target.name) if relation else None
            self.assign(column, target.val, scope)

    def assign(self, column: Column | None, value: Tree, scope: Scope) -> None:
        """Read the value that a column is given."""
        operand = self.expressions.read(value, scope)
        if column is None:
            return
        if column.made is None:
            self._world.name_column(column)
        self.expressions.relate(column, operand)
        if column.made is not None and value.a_const.sval.sval:
            self.expressions.label(column.made, value.a_const.sval.sval)

    def _with(self, statement: Tree, outer: Scope | None) -> Scope:
        scope = Scope(outer)
        for node in statement.with_clause.ctes:
            query = node.common_table_expr
            scope.queries[query.ctename] = dict.fromkeys(strings(query.aliascolnames)) or None
            scope.queries[query.ctename] = _named(strings(query.aliascolnames), self.read(query.ctequery, scope))
        return Scope(scope)

    def _range_var(self, relation: Tree, scope: Scope) -> None:
        alias = relation.alias.aliasname or relation.relname
        is_query, columns = scope.query(relation.relname) if not relation.schemaname else (False, None)
        if is_query:
            scope.sources.append(Source(alias, None, columns))
            return
        found = self._world.relation(relation_name(relation))
        known: dict[str, Operand] | None = {} if found and (found.presumed or found.columns) else None
        scope.sources.append(Source(alias, found, known))

    def _join(self, join: Tree, scope: Scope) -> None:
        self.sources([join.larg, join.rarg], scope)
        for name in strings(join.using_clause):
            columns = [source.relation.column(name) for source in scope.sources[-2:] if source.relation]
            for column in columns[1:]:
                self.expressions.relate(columns[0], column)
        if join.HasField("quals"):
            self.expressions.condition(join.quals, scope)

    def _targets(self, nodes: Iterable[Tree], scope: Scope) -> Columns | None:
        columns: Columns = []
        is_known = True
        for node in nodes:
            target = node.res_target
            kind, inner = opened(target.val)
            if kind == "column_ref" and any(field.HasField("a_star") for field in inner.fields):
                is_known = False
                continue
            operand = self.expressions.read(target.val, scope)
            columns.append((target.name or _name_of(kind, inner), operand))
        return columns if is_known else None

    def _by(self, nodes: Iterable[Tree], scope: Scope, names: set[str]) -> None:
        """Read GROUP BY or ORDER BY, which may name columns of the result."""
        for node in nodes:
            fields = node.column_ref.fields
            if not (len(fields) == 1 and fields[0].string.sval in names):
                self.expressions.read(node, scope)

    def _values(self, select: Tree, scope: Scope) -> Columns:
        rows = [self.expressions.read_all(node.list.items, scope) for node in select.values_lists]
        first = rows[0]
        best = [next((row[at] for row in rows if at < len(row) and row[at]), None) for at in range(len(first))]
        return [(f"column{at}", operand) for at, operand in enumerate(best, 1)]

    def _insert(self, insert: Tree, outer: Scope | None) -> Columns | None:
        scope = self._with(insert, outer)
        values = self.read(insert.select_stmt, scope) if insert.HasField("select_stmt") else []
        relation = self.table(insert.relation, scope)
        if relation is not None:
            names = [node.res_target.name for node in insert.cols] or self._all_columns(relation, values)
            columns = [relation.column(name) for name in names]
            for column, (_, operand) in zip(columns, values or (), strict=False):
                self._value(column, operand)
            self._labels(columns, insert.select_stmt.select_stmt)
            if insert.HasField("on_conflict_clause"):
                self._on_conflict(relation, names, insert.on_conflict_clause, scope)
        return self._targets(insert.returning_clause.exprs, scope)

    def _value(self, column: Column | None, operand: Operand) -> None:
        if column is not None:
            if column.made is None:
                self._world.name_column(column)
            self.expressions.relate(column, operand)

    def _labels(self, columns: list[Column | None], select: Tree) -> None:
        for row in select.values_lists:
            for column, value in zip(columns, row.list.items, strict=False):
                literal = value.a_const.sval.sval
                if literal and column is not None and column.made is not None:
                    self.expressions.label(column.made, literal)

    def _all_columns(self, relation: Relation, values: Columns | None) -> list[str]:
        """The columns of an INSERT that names none: as many as there are values."""
        known = list(relation.columns)
        if not relation.presumed:
            return known
        missing = range(len(known) + 1, len(values or ()) + 1)
        return known + [f"column{number}" for number in missing]

    def _on_conflict(self, relation: Relation, names: list[str], clause: Tree, scope: Scope) -> None:
        scope = Scope(scope, [*scope.sources[-1:], Source("excluded", relation)])
        infer = clause.infer
        columns = tuple(node.index_elem.name for node in infer.index_elems)
        if infer.conname and relation.presumed:
            relation.add_key(Key(tuple(names[:1]), infer.conname))
        elif columns and all(columns) and relation.presumed:
            for column in columns:
                relation.column(column)
            relation.add_key(Key(columns))
        for node in clause.target_list:
            self.assign(relation.column(node.res_target.name), node.res_target.val, scope)
        if clause.HasField("where_clause"):
            self.expressions.condition(clause.where_clause, scope)

    def _update(self, update: Tree, outer: Scope | None) -> Columns | None:
        scope = self._with(update, outer)
        relation = self.table(update.relation, scope)
        self.sources(update.from_clause, scope)
        self.targets(relation, update.target_list, scope)
        if update.HasField("where_clause"):
            self.expressions.condition(update.where_clause, scope)
        return self._targets(update.returning_clause.exprs, scope)

    def _delete(self, delete: Tree, outer: Scope | None) -> Columns | None:
        scope = self._with(delete, outer)
        self.table(delete.relation, scope)
        self.sources(delete.using_clause, scope)
        if delete.HasField("where_clause"):
            self.expressions.condition(delete.where_clause, scope)
        return self._targets(delete.returning_clause.exprs, scope)

    def _merge(self, merge: Tree, outer: Scope | None) -> Columns | None:
        scope = self._with(merge, outer)
        relation = self.table(merge.relation, scope)
        self.sources([merge.source_relation], scope)
        self.expressions.condition(merge.join_condition, scope)
        for node in merge.merge_when_clauses:
            when = node.merge_when_clause
            if when.HasField("condition"):
                self.expressions.condition(when.condition, scope)
            names = [each.res_target.name for each in when.target_list]
            operands = self.expressions.read_all(when.values, scope)
            if relation and operands:
                for name, operand in zip(names, operands, strict=False):
                    self._value(relation.column(name), operand)
            elif relation:
                self.targets(relation, when.target_list, scope)
        return None


def _name_of(kind: str, inner: Tree) -> str:
    """What PostgreSQL calls a column of a result without AS."""
    if kind == "column_ref":
        return str(inner.fields[-1].string.sval)
    if kind == "func_call":
        return strings(inner.funcname)[-1]
    return "?column?"


def _named(aliases: tuple[str, ...], columns: Columns | None) -> dict[str, Operand] | None:
    """What each column of a sub-select is, by its name."""
    if columns is None:
        return dict.fromkeys(aliases) or None
    names = [*aliases, *(name for name, _ in columns[len(aliases) :])]
    return {name: operand for name, (_, operand) in zip(names, columns, strict=False)}
