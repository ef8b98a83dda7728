"""Reads statements about types and functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postgast import find_nodes
from postgast import pg_query_pb2 as pb

from midflight.sql.grammar.nodes import dotted_name

if TYPE_CHECKING:
    from midflight.presupposed.queries import Queries
    from midflight.presupposed.world import World
    from midflight.sql.grammar.nodes import Tree


class Types:
    """Reads such statements within a world."""

    def __init__(self, world: World, queries: Queries) -> None:
        self._world = world
        self._expressions = queries.expressions

    def alter_enum(self, alter: Tree) -> None:
        """Read ALTER TYPE ... ADD VALUE or RENAME VALUE."""
        found = self._world.type(dotted_name(alter.type_name))
        for label in (alter.old_val, alter.new_val_neighbor):
            if found and label and label not in self._world.added_labels:
                found.add_label(label)
        self._world.added_labels[alter.new_val] = str(found.name) if found and found.presumed else None

    def create_domain(self, create: Tree) -> None:
        """Read CREATE DOMAIN."""
        self._expressions.type(create.type_name)
        self._world.make_type(dotted_name(create.domainname))

    def alter_domain(self, alter: Tree) -> None:
        """Read ALTER DOMAIN."""
        found = self._world.type(dotted_name(alter.type_name))
        if found:
            found.is_domain = True

    def create_function(self, create: Tree) -> None:
        """Read CREATE FUNCTION or PROCEDURE: its types must be there; its body is not read."""
        for type_name in find_nodes(create, pb.TypeName):
            if not type_name.pct_type:
                self._expressions.type(type_name)
        self._world.made.add(("function", dotted_name(create.funcname).name))
