"""Reads DROP, RENAME and SET SCHEMA: each needs what it names to be there, and then it is no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postgast import pg_query_pb2 as pb

from midflight.pg.identifiers import quote_identifier
from midflight.presupposed.relations import Part
from midflight.sql.grammar.nodes import dotted_name, opened, relation_name, strings
from midflight.sql.grammar.types import type_text
from midflight.sql.names import Name

if TYPE_CHECKING:
    from midflight.presupposed.relations import Relation
    from midflight.presupposed.world import World
    from midflight.sql.grammar.nodes import Tree

_RELATIONS = frozenset({pb.OBJECT_TABLE, pb.OBJECT_VIEW, pb.OBJECT_MATVIEW, pb.OBJECT_FOREIGN_TABLE})
_TYPES = frozenset({pb.OBJECT_TYPE, pb.OBJECT_DOMAIN})
_FUNCTIONS = frozenset({pb.OBJECT_FUNCTION, pb.OBJECT_PROCEDURE, pb.OBJECT_ROUTINE})
_PARTS = frozenset({pb.OBJECT_TRIGGER, pb.OBJECT_POLICY, pb.OBJECT_RULE, pb.OBJECT_TABCONSTRAINT})


class Drops:
    """Reads such statements within a world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def read(self, drop: Tree) -> None:
        """Read DROP."""
        for node in drop.objects:
            if drop.remove_type in _PARTS:
                self.part(drop.remove_type, node)
                continue
            self.thing(drop.remove_type, node)
            self._drop(drop.remove_type, node)

    def thing(self, kind: int, node: Tree) -> None:
        """Take note of the object that a statement names."""
        inner_kind, inner = opened(node)
        if kind in _RELATIONS:
            self._relation(kind, _name(node))
        elif kind == pb.OBJECT_INDEX:
            self._world.need_index(_name(node))
        elif kind == pb.OBJECT_SEQUENCE:
            self._world.need_sequence(_name(node))
        elif kind in _TYPES:
            self._world.type(_name(node))
        elif inner_kind == "object_with_args":
            self.function(inner)
        elif kind == pb.OBJECT_SCHEMA:
            self._world.need_schema(_name(node).name)
        elif kind == pb.OBJECT_EXTENSION:
            self._world.need_extension(_name(node).name)
        elif kind == pb.OBJECT_PUBLICATION:
            name = _name(node).name
            self._world.need("publication", name, f"CREATE PUBLICATION {quote_identifier(name)}")
        else:
            self._world.touch()

    def part(self, kind: int, node: Tree) -> None:
        """Take note of the trigger or policy that a statement names."""
        *table, name = strings(node.list.items)
        relation = self._world.relation(Name(table[-2] if len(table) > 1 else None, table[-1]))
        if relation is None or not relation.presumed:
            return
        if kind == pb.OBJECT_TRIGGER:
            self._world.need_trigger(relation, name)
        elif kind == pb.OBJECT_POLICY and ("policy", f"{table[-1]}.{name}") not in self._world.made:
            self._add(relation, name, f"CREATE POLICY {quote_identifier(name)} ON {relation.name.sql} USING (true)")
        elif kind == pb.OBJECT_RULE:
            sql = f"CREATE RULE {quote_identifier(name)} AS ON DELETE TO {relation.name.sql} DO ALSO NOTHING"
            self._add(relation, name, sql)
        elif kind == pb.OBJECT_TABCONSTRAINT and name not in relation.constraints:
            sql = f"ALTER TABLE {relation.name.sql} ADD CONSTRAINT {quote_identifier(name)} CHECK (true)"
            self._add(relation, name, sql)

    def function(self, function: Tree) -> None:
        """Take note of the function that a statement names."""
        name = dotted_name(function.objname)
        self._world.need_function(name, [type_text(node.type_name) for node in function.objargs])

    def rename(self, rename: Tree) -> None:
        """Read ... RENAME TO."""
        kind, new = rename.rename_type, rename.newname
        name = relation_name(rename.relation) if rename.HasField("relation") else None
        if kind in _RELATIONS and name:
            self._relation(kind, name)
            self._world.move_relation(name, Name(name.schema, new))
        elif kind in {pb.OBJECT_COLUMN, pb.OBJECT_TABCONSTRAINT} and name:
            self._part_renamed(kind, self._relation(rename.relation_type, name), rename)
        elif kind == pb.OBJECT_INDEX and name:
            self._world.drop_index(name)
            self._world.made.add(("index", new))
        elif kind == pb.OBJECT_SEQUENCE and name:
            self._world.need_sequence(name)
            self._world.make_relation(Name(name.schema, new))
        elif kind in _TYPES:
            old = dotted_name(rename.object.list.items)
            self._world.move_type(old, Name(old.schema, new))
        elif kind in {pb.OBJECT_TRIGGER, pb.OBJECT_POLICY} and name:
            self._of_table(kind, self._world.relation(name), rename)
        elif kind == pb.OBJECT_SCHEMA:
            self._world.need_schema(rename.subname)
            self._world.made.add(("schema", new))
        elif kind == pb.OBJECT_ROLE:
            self._world.need_role(rename.subname)
        else:
            self.thing(kind, rename.object)

    def set_schema(self, statement: Tree) -> None:
        """Read ... SET SCHEMA."""
        self._world.need_schema(statement.newschema)
        if statement.object_type in _RELATIONS:
            name = relation_name(statement.relation)
            self._relation(statement.object_type, name)
            self._world.move_relation(name, Name(statement.newschema, name.name))
        elif statement.object_type in _TYPES:
            name = dotted_name(statement.object.list.items)
            self._world.move_type(name, Name(statement.newschema, name.name))
        elif statement.object_type == pb.OBJECT_SEQUENCE:
            self._world.need_sequence(relation_name(statement.relation))
        else:
            self.thing(statement.object_type, statement.object)

    def _relation(self, kind: int, name: Name) -> Relation | None:
        relation = self._world.relation(name)
        if relation is not None and relation.presumed and kind == pb.OBJECT_VIEW:
            relation.kind = "view"
        elif relation is not None and relation.presumed and kind == pb.OBJECT_MATVIEW:
            relation.kind = "materialized view"
        return relation

    def _drop(self, kind: int, node: Tree) -> None:
        if kind in _RELATIONS or kind == pb.OBJECT_SEQUENCE:
            name = _name(node)
            self._world.drop_relation(name)
            self._world.gone.add(("relation", *self._world.keys_of(name)[0]))
        elif kind == pb.OBJECT_INDEX:
            self._world.drop_index(_name(node))
        elif kind in _TYPES:
            self._world.drop_type(_name(node), is_domain=kind == pb.OBJECT_DOMAIN)
        elif kind == pb.OBJECT_SCHEMA:
            self._world.made.discard(("schema", _name(node).name))

    def _part_renamed(self, kind: int, relation: Relation | None, rename: Tree) -> None:
        if relation is None:
            return
        if kind == pb.OBJECT_COLUMN:
            column = relation.drop_column(rename.subname)
            if column:
                relation.columns[rename.newname] = column
                relation.gone.discard(rename.newname)
        elif rename.subname not in relation.constraints and relation.presumed:
            name = quote_identifier(rename.subname)
            self._add(relation, rename.subname, f"ALTER TABLE {relation.name.sql} ADD CONSTRAINT {name} CHECK (true)")
            relation.constraints.add(rename.newname)

    def _of_table(self, kind: int, relation: Relation | None, rename: Tree) -> None:
        if relation is None:
            return
        if kind == pb.OBJECT_TRIGGER:
            self._world.need_trigger(relation, rename.subname)
        elif relation.presumed:
            name = quote_identifier(rename.subname)
            self._add(relation, rename.subname, f"CREATE POLICY {name} ON {relation.name.sql} USING (true)")

    def _add(self, relation: Relation, name: str, sql: str) -> None:
        relation.add_part(Part(name, sql))
        self._world.touch()


def _name(node: Tree) -> Name:
    kind, inner = opened(node)
    match kind:
        case "list":
            return dotted_name(inner.items)
        case "type_name":
            return dotted_name(inner.names)
        case "range_var":
            return relation_name(inner)
        case _:
            return Name(None, inner.sval if kind == "string" else "")
