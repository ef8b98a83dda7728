"""ALTER TABLE: each of its commands is a change of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from postgast import pg_query_pb2 as pb

from midflight.sql.changes import (
    AddColumn,
    AddConstraint,
    AddIdentity,
    AlterColumnType,
    AlterTableOther,
    DropColumn,
    DropConstraint,
    DropExpression,
    DropNotNull,
    SetDefault,
    SetExpression,
    SetNotNull,
    SetSchema,
    ValidateConstraint,
)
from midflight.sql.grammar.bounds import bound_text
from midflight.sql.grammar.columns import read_column, read_constraint
from midflight.sql.grammar.expressions import read_optional
from midflight.sql.grammar.nodes import relation_name, strings
from midflight.sql.grammar.types import type_text
from midflight.sql.partitions import AttachPartition, DetachPartition
from midflight.sql.storage import SetAccessMethod, SetIndexTablespace, SetLogged, SetTablespace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from midflight.sql.changes import Change
    from midflight.sql.names import Name

_ALWAYS = "a"
_OF_TABLES = frozenset({pb.OBJECT_TABLE, pb.OBJECT_FOREIGN_TABLE, pb.OBJECT_MATVIEW})


def read_alter_table(statement: pb.AlterTableStmt) -> tuple[Change, ...]:
    """Read ALTER TABLE; ALTER INDEX, ALTER VIEW and the like share its node and change no table."""
    table = relation_name(statement.relation)
    if statement.objtype == pb.OBJECT_INDEX:
        return tuple(_of_index(table, statement))
    if statement.objtype not in _OF_TABLES:
        return ()
    changes = tuple(_read_command(table, node.alter_table_cmd) for node in statement.cmds)
    return changes if statement.relation.inh else tuple(map(_only, changes))


def _only(change: Change) -> Change:
    """ALTER TABLE ONLY."""
    return replace(change, only=True) if isinstance(change, AddConstraint) else change


def _of_index(index: Name, statement: pb.AlterTableStmt) -> Iterator[Change]:
    """What ALTER INDEX does that takes long; its other forms only note something down."""
    commands = (node.alter_table_cmd for node in statement.cmds)
    return (SetIndexTablespace(index, each.name) for each in commands if each.subtype == pb.AT_SetTableSpace)


def read_set_schema(statement: pb.AlterObjectSchemaStmt) -> tuple[Change, ...]:
    """Read ALTER TABLE ... SET SCHEMA; for a view it breaks the same code, so it is told in the same way."""
    if statement.object_type not in _OF_TABLES | {pb.OBJECT_VIEW}:
        return ()
    return (SetSchema(relation_name(statement.relation), statement.newschema),)


def _read_command(table: Name, command: pb.AlterTableCmd) -> Change:
    reader = _READERS.get(command.subtype)
    if reader is None:
        return AlterTableOther(table, pb.AlterTableType.Name(command.subtype))
    return reader(table, command)


def _definition(command: pb.AlterTableCmd) -> pb.Node:
    """The command's ``def``, which is a keyword in Python."""
    node: pb.Node = getattr(command, "def")
    return node


def _add_column(table: Name, command: pb.AlterTableCmd) -> Change:
    return AddColumn(table, read_column(_definition(command).column_def), if_not_exists=command.missing_ok)


def _drop_column(table: Name, command: pb.AlterTableCmd) -> Change:
    return DropColumn(table, command.name, cascade=command.behavior == pb.DROP_CASCADE)


def _alter_column_type(table: Name, command: pb.AlterTableCmd) -> Change:
    column = _definition(command).column_def
    return AlterColumnType(
        table,
        command.name,
        type_text(column.type_name),
        using=read_optional(column.raw_default),
        collation=".".join(strings(column.coll_clause.collname)) or None,
    )


def _set_expression(table: Name, command: pb.AlterTableCmd) -> Change:
    return SetExpression(table, command.name)


def _add_identity(table: Name, command: pb.AlterTableCmd) -> Change:
    return AddIdentity(table, command.name, _definition(command).constraint.generated_when == _ALWAYS)


def _drop_expression(table: Name, command: pb.AlterTableCmd) -> Change:
    return DropExpression(table, command.name)


def _set_default(table: Name, command: pb.AlterTableCmd) -> Change:
    return SetDefault(table, command.name, read_optional(_definition(command)))


def _set_not_null(table: Name, command: pb.AlterTableCmd) -> Change:
    return SetNotNull(table, command.name)


def _drop_not_null(table: Name, command: pb.AlterTableCmd) -> Change:
    return DropNotNull(table, command.name)


def _add_constraint(table: Name, command: pb.AlterTableCmd) -> Change:
    return AddConstraint(table, read_constraint(_definition(command).constraint))


def _validate_constraint(table: Name, command: pb.AlterTableCmd) -> Change:
    return ValidateConstraint(table, command.name)


def _drop_constraint(table: Name, command: pb.AlterTableCmd) -> Change:
    return DropConstraint(table, command.name, cascade=command.behavior == pb.DROP_CASCADE)


def _attach_partition(table: Name, command: pb.AlterTableCmd) -> Change:
    attached = _definition(command).partition_cmd
    return AttachPartition(table, relation_name(attached.name), bound_text(attached.bound))


def _detach_partition(table: Name, command: pb.AlterTableCmd) -> Change:
    detached = _definition(command).partition_cmd
    return DetachPartition(table, relation_name(detached.name), detached.concurrent)


def _set_logged(table: Name, command: pb.AlterTableCmd) -> Change:
    return SetLogged(table, command.subtype == pb.AT_SetLogged)


def _set_tablespace(table: Name, command: pb.AlterTableCmd) -> Change:
    return SetTablespace(table, command.name)


def _set_access_method(table: Name, command: pb.AlterTableCmd) -> Change:
    return SetAccessMethod(table, command.name or None)


_READERS: dict[int, Callable[[Name, pb.AlterTableCmd], Change]] = {
    pb.AT_AddColumn: _add_column,
    pb.AT_DropColumn: _drop_column,
    pb.AT_AlterColumnType: _alter_column_type,
    pb.AT_ColumnDefault: _set_default,
    pb.AT_SetNotNull: _set_not_null,
    pb.AT_DropNotNull: _drop_not_null,
    pb.AT_AddConstraint: _add_constraint,
    pb.AT_ValidateConstraint: _validate_constraint,
    pb.AT_DropConstraint: _drop_constraint,
    pb.AT_SetExpression: _set_expression,
    pb.AT_AddIdentity: _add_identity,
    pb.AT_DropExpression: _drop_expression,
    pb.AT_AttachPartition: _attach_partition,
    pb.AT_DetachPartition: _detach_partition,
    pb.AT_SetLogged: _set_logged,
    pb.AT_SetUnLogged: _set_logged,
    pb.AT_SetTableSpace: _set_tablespace,
    pb.AT_SetAccessMethod: _set_access_method,
}
