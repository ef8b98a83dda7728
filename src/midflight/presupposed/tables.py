"""Reads CREATE TABLE, ALTER TABLE and CREATE INDEX: what they need, and what they make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postgast import pg_query_pb2 as pb

from midflight.presupposed.alterations import Alterations
from midflight.presupposed.columns import Column
from midflight.presupposed.constraints import Constraints
from midflight.presupposed.partitions import attach, detach, partition_by_bound
from midflight.sql.grammar.nodes import opened, relation_name
from midflight.sql.grammar.types import type_text
from midflight.sql.names import Name

if TYPE_CHECKING:
    from midflight.presupposed.queries import Queries
    from midflight.presupposed.relations import Relation
    from midflight.presupposed.world import World
    from midflight.sql.grammar.nodes import Tree

_WITH_SEQUENCE = frozenset({"serial", "bigserial", "smallserial", "serial4", "serial8", "serial2"})


class Tables:
    """Reads statements about tables within a world."""

    def __init__(self, world: World, queries: Queries) -> None:
        self._world = world
        self._expressions = queries.expressions
        self.constraints = Constraints(world, queries)
        self._alterations = Alterations(world, queries, self.constraints)

    def create(self, create: Tree) -> None:
        """Read CREATE TABLE."""
        name = relation_name(create.relation)
        likes = [self._world.relation(relation_name(node.range_var)) for node in create.inh_relations]
        for node in create.table_elts:
            kind, inner = opened(node)
            if kind == "table_like_clause":
                likes.append(self._world.relation(relation_name(inner.relation)))
        relation = self._world.make_relation(name, if_not_exists=create.if_not_exists)
        if relation is None:
            return
        relation.likes = [like for like in likes if like]
        if create.HasField("partbound") and relation.likes:
            partition_by_bound(relation.likes[0], create.partbound, self._expressions)
        self._elements(relation, name, create)

    def alter(self, alter: Tree) -> None:
        """Read ALTER TABLE and its kin."""
        name = relation_name(alter.relation)
        if alter.objtype == pb.OBJECT_INDEX:
            self._world.need_index(name)
            return
        if alter.objtype == pb.OBJECT_SEQUENCE:
            self._world.need_sequence(name)
            return
        if alter.objtype == pb.OBJECT_TYPE:
            self._world.type(name)
            return
        relation = self._world.relation(name)
        if relation is not None and relation.presumed and alter.objtype == pb.OBJECT_VIEW:
            relation.kind = "view"
        elif relation is not None and relation.presumed and alter.objtype == pb.OBJECT_MATVIEW:
            relation.kind = "materialized view"
        for node in alter.cmds:
            self._command(relation, name, node.alter_table_cmd)

    def index(self, index: Tree) -> None:
        """Read CREATE INDEX."""
        relation = self._world.relation(relation_name(index.relation))
        table = index.relation.relname
        self.constraints.elements(relation, table, index.index_params, index.access_method)
        for node in index.index_including_params:
            if relation:
                relation.column(node.index_elem.name)
        if index.HasField("where_clause"):
            self._expressions.condition(index.where_clause, self.constraints.scope(relation, table))
        self._world.made.add(("index", index.idxname))

    def _elements(self, relation: Relation, name: Name, create: Tree) -> None:
        definitions = [
            (node.column_def, self._column(relation, name, node.column_def))
            for node in create.table_elts
            if node.HasField("column_def")
        ]
        for definition, column in definitions:
            self._parts(relation, name.name, definition, column)
        for node in create.table_elts:
            if node.HasField("constraint"):
                self.constraints.read(relation, name.name, node.constraint)

    def _column(self, relation: Relation, table: Name, definition: Tree) -> Column:
        text = type_text(definition.type_name)
        column = Column(definition.colname, made=self._expressions.type(definition.type_name) or text)
        if text in _WITH_SEQUENCE or any(
            node.constraint.contype == pb.CONSTR_IDENTITY for node in definition.constraints
        ):
            self._world.make_relation(Name(table.schema, f"{table.name}_{column.name}_seq"))
        relation.make_column(column)
        return column

    def _parts(self, relation: Relation, table: str, definition: Tree, column: Column) -> None:
        scope = self.constraints.scope(relation, table)
        for node in definition.constraints:
            constraint = node.constraint
            if constraint.contype in {pb.CONSTR_DEFAULT, pb.CONSTR_GENERATED}:
                self._expressions.read(constraint.raw_expr, scope)
                if column.made and constraint.raw_expr.a_const.sval.sval:
                    self._expressions.label(column.made, constraint.raw_expr.a_const.sval.sval)
            else:
                self.constraints.read(relation, table, constraint, column)

    def _command(self, relation: Relation | None, name: Name, command: Tree) -> None:
        match command.subtype:
            case pb.AT_AddColumn:
                self._add_column(relation, name, command)
            case pb.AT_AddConstraint:
                self.constraints.read(relation, name.name, getattr(command, "def").constraint)
            case pb.AT_AttachPartition if relation:
                attach(self._world, relation, getattr(command, "def").partition_cmd, self._expressions)
            case pb.AT_DetachPartition if relation:
                detach(self._world, relation, getattr(command, "def").partition_cmd)
            case pb.AT_SetLogged if relation:
                relation.unlogged = relation.presumed
            case pb.AT_ChangeOwner:
                self._world.need_role_of(command.newowner)
            case pb.AT_AddInherit | pb.AT_DropInherit:
                self._world.relation(relation_name(getattr(command, "def").range_var))
            case _ if relation:
                self._alterations.read(relation, name.name, command)

    def _add_column(self, relation: Relation | None, name: Name, command: Tree) -> None:
        definition = getattr(command, "def").column_def
        if relation is None:
            self._expressions.type(definition.type_name)
            return
        if relation.has(definition.colname) and command.missing_ok:
            return
        self._parts(relation, name.name, definition, self._column(relation, name, definition))
