"""DROP, of anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postgast import pg_query_pb2 as pb

from midflight.sql.changes import DropTable, DropTrigger, DropView
from midflight.sql.grammar.indexes import read_drop_index
from midflight.sql.grammar.kinds import object_words
from midflight.sql.grammar.nodes import dotted_name, strings
from midflight.sql.names import Name
from midflight.sql.objects import DropDatabase, DropOther, DropSchema
from midflight.sql.types import DropType

if TYPE_CHECKING:
    from midflight.sql.changes import Change

_TABLES = frozenset({pb.OBJECT_TABLE, pb.OBJECT_FOREIGN_TABLE})
_VIEWS = frozenset({pb.OBJECT_VIEW, pb.OBJECT_MATVIEW})
_TYPES = frozenset({pb.OBJECT_TYPE, pb.OBJECT_DOMAIN})


def read_drop(statement: pb.DropStmt) -> tuple[Change, ...]:
    """Read DROP, with one change for each object that it names."""
    kind, cascade = statement.remove_type, statement.behavior == pb.DROP_CASCADE
    if kind == pb.OBJECT_INDEX:
        return read_drop_index(statement)
    return tuple(_read_one(kind, node, cascade=cascade) for node in statement.objects)


def read_drop_database(statement: pb.DropdbStmt) -> tuple[Change, ...]:
    """Read DROP DATABASE."""
    return (DropDatabase(statement.dbname),)


def read_drop_owned(statement: pb.DropOwnedStmt) -> tuple[Change, ...]:
    """Read DROP OWNED BY, which drops all that a role owns in the database."""
    return (DropOther("OWNED", statement.behavior == pb.DROP_CASCADE),)


def _read_one(kind: int, node: pb.Node, *, cascade: bool) -> Change:
    if kind in _TABLES:
        return DropTable(dotted_name(node.list.items), cascade)
    if kind in _VIEWS:
        return DropView(dotted_name(node.list.items), kind == pb.OBJECT_MATVIEW, cascade)
    if kind in _TYPES:
        return DropType(dotted_name(node.type_name.names), cascade)
    if kind == pb.OBJECT_SCHEMA:
        return DropSchema(node.string.sval, cascade)
    if kind == pb.OBJECT_TRIGGER:
        *table, trigger = strings(node.list.items)
        return DropTrigger(Name(table[-2] if len(table) > 1 else None, table[-1]), trigger)
    return DropOther(object_words(kind), cascade)
