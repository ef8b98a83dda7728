"""Reads constraints and indexes: what they need of the tables that they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postgast import pg_query_pb2 as pb

from midflight.presupposed import known
from midflight.presupposed.columns import Weight
from midflight.presupposed.relations import Key, column_in
from midflight.presupposed.scopes import Scope, Source
from midflight.sql.grammar.nodes import relation_name, strings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from midflight.presupposed.columns import Column
    from midflight.presupposed.queries import Queries
    from midflight.presupposed.relations import Relation
    from midflight.presupposed.world import World
    from midflight.sql.grammar.nodes import Tree


class Constraints:
    """Reads constraints and indexes within a world."""

    def __init__(self, world: World, queries: Queries) -> None:
        self._world = world
        self._expressions = queries.expressions

    def scope(self, relation: Relation | None, alias: str) -> Scope:
        """The scope of an expression about one table."""
        return Scope(None, [Source(alias, relation)])

    def read(self, relation: Relation | None, table: str, constraint: Tree, column: Column | None = None) -> None:
        """Read a constraint.

        Args:
            relation: the table that gets it.
            table: what the table is called.
            constraint: its tree.
            column: the column with which it stands; None where it stands with the table.
        """
        names = strings(constraint.fk_attrs or constraint.keys) or ((column.name,) if column else ())
        columns = [found for name in names if relation and (found := relation.column(name))]
        for found in columns:
            self._name(found)
        if relation is not None:
            relation.constraints.add(constraint.conname or _default_name(table, names, constraint.contype))
        match constraint.contype:
            case pb.CONSTR_FOREIGN:
                self._foreign_key(columns, names, constraint)
            case pb.CONSTR_CHECK:
                self._expressions.condition(constraint.raw_expr, self.scope(relation, table))
            case pb.CONSTR_PRIMARY | pb.CONSTR_UNIQUE if relation is not None:
                if constraint.contype == pb.CONSTR_PRIMARY:
                    relation.gets_primary_key = True
                if constraint.indexname:
                    self.need_index(constraint.indexname, relation)
            case pb.CONSTR_NOTNULL if relation is not None and column is None:
                relation.required |= set(strings(constraint.keys))
            case pb.CONSTR_EXCLUSION:
                self._exclusion(relation, table, constraint)
            case _:
                pass

    def elements(self, relation: Relation | None, table: str, nodes: Iterable[Tree], method: str) -> None:
        """Read what an index is on."""
        for node in nodes:
            self._element(relation, table, node.index_elem, known.METHOD_TYPES.get(method))

    def need_index(self, name: str, relation: Relation, *, unique: bool = True) -> None:
        """Take note of an index that a table must have had, unless a statement made it."""
        if not relation.presumed or ("index", name) in self._world.made:
            return
        self._world.touch()
        column = relation.column(column_in(name, relation))
        if column and all(key.name != name for key in relation.keys):
            relation.keys.append(Key((column.name,), name, "index" if unique else "plain index"))

    def _name(self, column: Column) -> None:
        if column.made is None:
            self._world.name_column(column)

    def _foreign_key(self, columns: list[Column], names: tuple[str, ...], constraint: Tree) -> None:
        target = self._world.relation(relation_name(constraint.pktable))
        if target is None or not target.presumed:
            return
        told = strings(constraint.pk_attrs)
        there = next((key.columns for key in target.keys if key.kind == "primary key"), None)
        keys = told or there or (("id",) if len(names) == 1 else names)
        found = [column for name in keys if (column := target.column(name))]
        if len(found) == len(keys):
            is_primary = not told or (len(told) == 1 and target.is_likely_key(told[0]))
            target.add_key(Key(tuple(keys), None, "primary key" if is_primary else "unique"))
        for own, other in zip(columns, found, strict=False):
            if own.made is not None:
                other.hint(own.made, Weight.TOLD)
            else:
                own.join(other)

    def _exclusion(self, relation: Relation | None, table: str, constraint: Tree) -> None:
        for node in constraint.exclusions:
            element, operators = node.list.items
            operator = strings(operators.list.items)[-1]
            if operator == "=" and constraint.access_method == "gist":
                self._world.need_extension("btree_gist")
            type_ = {"=": "integer"}.get(operator, "tstzrange")
            self._element(relation, table, element.index_elem, type_)
        if constraint.HasField("where_clause"):
            self._expressions.condition(constraint.where_clause, self.scope(relation, table))

    def _element(self, relation: Relation | None, table: str, element: Tree, type_: str | None) -> None:
        class_ = strings(element.opclass)[-1] if element.opclass else None
        of_class, extension = known.OPERATOR_CLASSES.get(class_ or "", (None, None))
        self._world.need_extension(extension)
        if element.name:
            column = relation.column(element.name) if relation else None
            if column:
                self._name(column)
                column.hint(of_class or type_, Weight.USE)
            return
        operand = self._expressions.read(element.expr, self.scope(relation, table))
        self._expressions.want(operand, of_class or type_, Weight.USE)


def _default_name(table: str, columns: tuple[str, ...], kind: int) -> str:
    """What PostgreSQL calls a constraint that has no name."""
    suffix = {
        pb.CONSTR_FOREIGN: "fkey",
        pb.CONSTR_CHECK: "check",
        pb.CONSTR_UNIQUE: "key",
        pb.CONSTR_PRIMARY: "pkey",
        pb.CONSTR_EXCLUSION: "excl",
    }.get(kind, "")
    return "_".join([table, *(() if kind == pb.CONSTR_PRIMARY else columns), suffix])
