"""Types: CREATE TYPE, ALTER TYPE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.sql.grammar.nodes import dotted_name, relation_name, strings
from midflight.sql.types import AddEnumValue, CreateType, RenameEnumValue

if TYPE_CHECKING:
    from postgast import pg_query_pb2 as pb

    from midflight.sql.changes import Change


def read_create_enum(statement: pb.CreateEnumStmt) -> tuple[Change, ...]:
    """Read CREATE TYPE ... AS ENUM."""
    return (CreateType(dotted_name(statement.type_name), strings(statement.vals)),)


def read_create_composite(statement: pb.CompositeTypeStmt) -> tuple[Change, ...]:
    """Read CREATE TYPE of a row's type."""
    return (CreateType(relation_name(statement.typevar)),)


def read_create_range(statement: pb.CreateRangeStmt) -> tuple[Change, ...]:
    """Read CREATE TYPE ... AS RANGE."""
    return (CreateType(dotted_name(statement.type_name)),)


def read_create_domain(statement: pb.CreateDomainStmt) -> tuple[Change, ...]:
    """Read CREATE DOMAIN."""
    return (CreateType(dotted_name(statement.domainname)),)


def read_alter_enum(statement: pb.AlterEnumStmt) -> tuple[Change, ...]:
    """Read ALTER TYPE ... ADD VALUE and RENAME VALUE."""
    name = dotted_name(statement.type_name)
    if statement.old_val:
        return (RenameEnumValue(name, statement.old_val, statement.new_val),)
    return (AddEnumValue(name, statement.new_val),)
