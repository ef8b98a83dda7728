"""Types: CREATE TYPE, ALTER TYPE, CREATE DOMAIN, ALTER DOMAIN."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from postgast import pg_query_pb2 as pb

from midflight.sql.grammar.nodes import dotted_name, relation_name, strings
from midflight.sql.types import AddEnumValue, ConstrainDomain, CreateType, RenameEnumValue

if TYPE_CHECKING:
    from midflight.sql.changes import Change

_CONSTRAINING = frozenset({pb.CONSTR_CHECK, pb.CONSTR_NOTNULL})
_DEMANDS: dict[str, Literal["add constraint", "set not null", "validate constraint"]] = {
    "C": "add constraint",
    "O": "set not null",
    "V": "validate constraint",
}
"""By the subtypes of AlterDomainStmt, of PostgreSQL's parsenodes.h."""


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
    constrained = any(node.constraint.contype in _CONSTRAINING for node in statement.constraints)
    return (CreateType(dotted_name(statement.domainname), constrained=constrained),)


def read_alter_domain(statement: pb.AlterDomainStmt) -> tuple[Change, ...]:
    """Read what ALTER DOMAIN demands of values; its other forms demand nothing new."""
    form = _DEMANDS.get(statement.subtype)
    definition: pb.Node = getattr(statement, "def")
    not_valid = definition.constraint.skip_validation
    return (ConstrainDomain(dotted_name(statement.type_name), form, not_valid),) if form else ()


def read_alter_enum(statement: pb.AlterEnumStmt) -> tuple[Change, ...]:
    """Read ALTER TYPE ... ADD VALUE and RENAME VALUE."""
    name = dotted_name(statement.type_name)
    if statement.old_val:
        return (RenameEnumValue(name, statement.old_val, statement.new_val),)
    return (AddEnumValue(name, statement.new_val),)
