"""Which statements can be sent a second time and succeed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postgast import pg_query_pb2 as pb

if TYPE_CHECKING:
    from midflight.sql.grammar.nodes import Tree

_CREATES = frozenset({"composite_type_stmt", "define_stmt", "index_stmt", "rule_stmt", "view_stmt"})
"""Those that make something and are not called ``create_...``."""

_DROPS = frozenset({"drop_stmt", "dropdb_stmt", "drop_role_stmt"})
_MOVES = frozenset({"alter_object_schema_stmt", "rename_stmt"})

_ADDS_OR_DROPS = frozenset(
    {
        pb.AT_AddColumn,
        pb.AT_DropColumn,
        pb.AT_DropConstraint,
        pb.AT_DropExpression,
        pb.AT_DropIdentity,
    }
)
"""Commands of ALTER TABLE that can be sent again only with IF [NOT] EXISTS."""

_ONCE = frozenset(
    {
        pb.AT_AddConstraint,
        pb.AT_AddIdentity,
        pb.AT_AddInherit,
        pb.AT_AttachPartition,
        pb.AT_DetachPartition,
        pb.AT_DropInherit,
    }
)


def can_run_again(kind: str, statement: Tree) -> bool:
    """Tell whether a statement, by the kind of its node, succeeds when it is sent again."""
    if kind in _MOVES:
        return False
    if kind in _DROPS:
        return bool(statement.missing_ok)
    if kind == "alter_table_stmt":
        return all(_command_can(node.alter_table_cmd) for node in statement.cmds)
    if kind == "alter_enum_stmt":
        return bool(statement.skip_if_new_val_exists)
    if kind == "insert_stmt":
        return bool(statement.HasField("on_conflict_clause"))
    creates = kind in _CREATES or kind.startswith("create")
    return not creates or _accepts_what_is_there(statement)


def _command_can(command: pb.AlterTableCmd) -> bool:
    if command.subtype in _ADDS_OR_DROPS:
        return bool(command.missing_ok)
    return command.subtype not in _ONCE


def _accepts_what_is_there(statement: Tree) -> bool:
    return bool(getattr(statement, "if_not_exists", False) or getattr(statement, "replace", False))
