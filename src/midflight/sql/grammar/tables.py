"""Whole tables and views: create, rename, truncate, lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postgast import pg_query_pb2 as pb

from midflight.pg.locks import LockMode
from midflight.sql.changes import (
    CreateTable,
    CreateTableAs,
    CreateTrigger,
    CreateView,
    LockTable,
    RenameColumn,
    RenameTable,
    RenameView,
    Truncate,
)
from midflight.sql.grammar.bounds import bound_text
from midflight.sql.grammar.columns import read_column, read_constraint
from midflight.sql.grammar.nodes import dotted_name, relation_name, relations_in
from midflight.sql.objects import CreateSchema
from midflight.sql.types import RenameType

if TYPE_CHECKING:
    from midflight.sql.changes import Change

_TEMPORARY = "t"
_TABLES = frozenset({pb.OBJECT_TABLE, pb.OBJECT_FOREIGN_TABLE})
_VIEWS = frozenset({pb.OBJECT_VIEW, pb.OBJECT_MATVIEW})
_TYPES = frozenset({pb.OBJECT_TYPE, pb.OBJECT_DOMAIN})


def read_create_table(statement: pb.CreateStmt) -> tuple[Change, ...]:
    """Read CREATE TABLE."""
    elements = statement.table_elts
    parents = tuple(relation_name(node.range_var) for node in statement.inh_relations)
    is_partition = statement.HasField("partbound")
    return (
        CreateTable(
            table=relation_name(statement.relation),
            columns=tuple(read_column(node.column_def) for node in elements if node.HasField("column_def")),
            constraints=tuple(read_constraint(node.constraint) for node in elements if node.HasField("constraint")),
            like=tuple(
                relation_name(node.table_like_clause.relation)
                for node in elements
                if node.HasField("table_like_clause")
            ),
            inherits=() if is_partition else parents,
            partition_of=parents[0] if is_partition else None,
            bound=bound_text(statement.partbound) if is_partition else None,
            partitioned=statement.HasField("partspec"),
            if_not_exists=statement.if_not_exists,
            temporary=statement.relation.relpersistence == _TEMPORARY,
        ),
    )


def read_create_table_as(statement: pb.CreateTableAsStmt) -> tuple[Change, ...]:
    """Read CREATE TABLE AS and CREATE MATERIALIZED VIEW."""
    table = relation_name(statement.into.rel)
    read = () if statement.into.skip_data else relations_in(statement.query)
    return (CreateTableAs(table, statement.objtype == pb.OBJECT_MATVIEW, statement.if_not_exists, read),)


def read_create_view(statement: pb.ViewStmt) -> tuple[Change, ...]:
    """Read CREATE VIEW."""
    return (CreateView(relation_name(statement.view), statement.replace),)


def read_create_schema(statement: pb.CreateSchemaStmt) -> tuple[Change, ...]:
    """Read CREATE SCHEMA."""
    return (CreateSchema(statement.schemaname),)


def read_create_trigger(statement: pb.CreateTrigStmt) -> tuple[Change, ...]:
    """Read CREATE TRIGGER."""
    return (CreateTrigger(relation_name(statement.relation), statement.trigname),)


def read_rename(statement: pb.RenameStmt) -> tuple[Change, ...]:
    """Read RENAME of a table, a view, a column of either, or a type."""
    renamed, owner = statement.rename_type, statement.relation_type
    if renamed in _TYPES:
        return (RenameType(dotted_name(statement.object.list.items), statement.newname),)
    relation = relation_name(statement.relation)
    if renamed in _TABLES:
        return (RenameTable(relation, statement.newname),)
    if renamed in _VIEWS:
        return (RenameView(relation, statement.newname),)
    if renamed == pb.OBJECT_COLUMN and owner in _VIEWS:
        return (RenameView(relation, statement.newname, statement.subname),)
    if renamed == pb.OBJECT_COLUMN and owner in _TABLES:
        return (RenameColumn(relation, statement.subname, statement.newname),)
    return ()


def read_truncate(statement: pb.TruncateStmt) -> tuple[Change, ...]:
    """Read TRUNCATE."""
    cascade = statement.behavior == pb.DROP_CASCADE
    return tuple(Truncate(relation_name(node.range_var), cascade) for node in statement.relations)


def read_lock(statement: pb.LockStmt) -> tuple[Change, ...]:
    """Read LOCK TABLE; its mode is numbered as in :class:`~midflight.pg.locks.LockMode`."""
    mode = LockMode(statement.mode)
    return tuple(LockTable(relation_name(node.range_var), mode, statement.nowait) for node in statement.relations)
