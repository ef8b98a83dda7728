"""Reads the commands of ALTER TABLE that change what a table has: each needs it to be there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postgast import pg_query_pb2 as pb

from midflight.pg.identifiers import quote_identifier
from midflight.presupposed.changed_types import type_before
from midflight.presupposed.columns import Column, Weight
from midflight.presupposed.relations import Key, Part, column_in
from midflight.presupposed.world import Guess
from midflight.sql.grammar.types import type_text

if TYPE_CHECKING:
    from midflight.presupposed.constraints import Constraints
    from midflight.presupposed.queries import Queries
    from midflight.presupposed.relations import Relation
    from midflight.presupposed.world import World
    from midflight.sql.grammar.nodes import Tree

_OF_TRIGGERS = frozenset({pb.AT_EnableTrig, pb.AT_EnableAlwaysTrig, pb.AT_EnableReplicaTrig, pb.AT_DisableTrig})


class Alterations:
    """Reads such commands within a world."""

    def __init__(self, world: World, queries: Queries, constraints: Constraints) -> None:
        self._world = world
        self._expressions = queries.expressions
        self._constraints = constraints

    def read(self, relation: Relation, table: str, command: Tree) -> None:
        """Read one command."""
        match command.subtype:
            case pb.AT_DropColumn:
                relation.drop_column(command.name)
            case pb.AT_AlterColumnType:
                self._change_type(relation, table, command)
            case pb.AT_ValidateConstraint if command.name not in relation.constraints:
                self._world.touch()
                need_check(relation, command.name, "NOT VALID")
            case pb.AT_DropConstraint:
                self._drop_constraint(relation, table, command)
            case pb.AT_ClusterOn:
                self._constraints.need_index(command.name, relation, unique=False)
            case pb.AT_ReplicaIdentity if getattr(command, "def").replica_identity_stmt.name:
                self._constraints.need_index(getattr(command, "def").replica_identity_stmt.name, relation)
            case subtype if subtype in _OF_TRIGGERS:
                self._world.need_trigger(relation, command.name)
            case _ if command.name:
                column = relation.column(command.name)
                if column:
                    self._change_column(relation, table, column, command)

    def _change_column(self, relation: Relation, table: str, column: Column, command: Tree) -> None:
        match command.subtype:
            case pb.AT_ColumnDefault if command.HasField("def"):
                value = getattr(command, "def")
                operand = self._expressions.read(value, self._constraints.scope(relation, table))
                self._expressions.relate(column, operand)
                if value.a_const.sval.sval:
                    self._expressions.label(column.type, value.a_const.sval.sval)
                column.gets_default = True
            case pb.AT_ColumnDefault:
                column.has_default = not column.gets_default
            case pb.AT_SetNotNull if not column.not_null:
                relation.required.add(column.name)
            case pb.AT_DropNotNull if column.name not in relation.required:
                column.not_null = True
            case pb.AT_AddIdentity:
                column.not_null = True
                column.hint("bigint", Weight.USE)
            case pb.AT_DropIdentity | pb.AT_SetIdentity:
                column.identity = True
                column.hint("bigint", Weight.USE)
            case _:
                pass

    def _change_type(self, relation: Relation, table: str, command: Tree) -> None:
        definition = getattr(command, "def").column_def
        old = relation.column(command.name)
        if definition.HasField("raw_default"):
            self._expressions.read(definition.raw_default, self._constraints.scope(relation, table))
        text = type_text(definition.type_name)
        new = self._expressions.type(definition.type_name)
        if old is not None and old.made is None:
            if new is None:
                self._world.recreate_type(old, text)
            old.hint(type_before(text, using=definition.HasField("raw_default")), Weight.PRESUMED)
            self._world.guesses.append(
                Guess(self._world.file, self._world.statement, str(relation.name), command.name, old)
            )
        relation.make_column(Column(command.name, made=new or text))

    def _drop_constraint(self, relation: Relation, table: str, command: Tree) -> None:
        name = command.name
        if name in relation.constraints:
            relation.constraints.discard(name)
            return
        later = self._world.definitions.get((table, name))
        if not relation.presumed:
            return
        self._world.touch()
        if later is not None:
            self._constraints.read(relation, table, later[0])
            relation.constraints.discard(name)
            relation.gets_primary_key = False
            relation.add_part(Part(name, f"ALTER TABLE {relation.name.sql} ADD {later[1]}"))
        elif name.endswith(("_pkey", "_pk")) or name.startswith("pk_"):
            key = next((column for column in relation.columns if relation.is_likely_key(column)), "id")
            relation.column(key)
            relation.add_key(Key((key,), name, "primary key"))
        elif name.endswith(("_key", "_uniq", "_unique", "_uk")) or name.startswith(("uq_", "uk_", "unique_")):
            column = column_in(name, relation)
            relation.column(column)
            relation.keys.append(Key((column,), name, "unique"))
        else:
            need_check(relation, name, "")


def need_check(relation: Relation, name: str, options: str) -> None:
    """Take note of a constraint of which only the name is told: one that holds for every row."""
    if relation.presumed:
        sql = f"ALTER TABLE {relation.name.sql} ADD CONSTRAINT {quote_identifier(name)} CHECK (true) {options}"
        relation.add_part(Part(name, sql.rstrip()))
