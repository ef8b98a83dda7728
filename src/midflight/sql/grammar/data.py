"""Changes of rows: UPDATE, DELETE, INSERT, MERGE, also where they stand in a WITH clause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postgast import find_nodes
from postgast import pg_query_pb2 as pb

from midflight.sql.changes import CopyFrom, CreateTableAs, Delete, Insert, Merge, Update
from midflight.sql.grammar.nodes import opened, relation_name, relations_in
from midflight.sql.grammar.where import Scope, is_small_source, read_where, small_sources, smallness

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from midflight.sql.changes import Change
    from midflight.sql.grammar.nodes import Tree
    from midflight.sql.names import Name


_OF_OLD_ROWS = frozenset({pb.CMD_UPDATE, pb.CMD_DELETE})


def read_update(statement: pb.UpdateStmt) -> tuple[Change, ...]:
    """Read UPDATE."""
    update = Update(
        table=relation_name(statement.relation),
        columns=tuple(dict.fromkeys(node.res_target.name for node in statement.target_list)),
        where=read_where(statement.where_clause, _scope(statement, statement.from_clause)),
        joined=_joined(statement.from_clause),
    )
    return (*_from_with(statement.with_clause), update)


def read_delete(statement: pb.DeleteStmt) -> tuple[Change, ...]:
    """Read DELETE."""
    delete = Delete(
        table=relation_name(statement.relation),
        where=read_where(statement.where_clause, _scope(statement, statement.using_clause)),
        joined=_joined(statement.using_clause),
    )
    return (*_from_with(statement.with_clause), delete)


def read_insert(statement: pb.InsertStmt) -> tuple[Change, ...]:
    """Read INSERT; DEFAULT VALUES has no query at all."""
    query = statement.select_stmt.select_stmt
    from_query = statement.HasField("select_stmt") and smallness(query, {}) is None
    insert = Insert(
        table=relation_name(statement.relation),
        from_query=from_query,
        reads=relations_in(query) if from_query else (),
        updates=statement.on_conflict_clause.action == pb.ONCONFLICT_UPDATE,
    )
    return (*_from_with(statement.with_clause), *_from_with(query.with_clause), insert)


def read_merge(statement: pb.MergeStmt) -> tuple[Change, ...]:
    """Read MERGE."""
    merge = Merge(
        table=relation_name(statement.relation),
        updates=any(node.merge_when_clause.command_type in _OF_OLD_ROWS for node in statement.merge_when_clauses),
        from_query=not is_small_source(statement.source_relation, statement.with_clause),
    )
    return (*_from_with(statement.with_clause), merge)


def read_select(statement: pb.SelectStmt) -> tuple[Change, ...]:
    """Read SELECT: what its WITH clause changes, and SELECT INTO."""
    changes = tuple(_from_with(statement.with_clause))
    if statement.HasField("into_clause"):
        return (*changes, CreateTableAs(relation_name(statement.into_clause.rel), reads=relations_in(statement)))
    return changes


def read_copy(statement: pb.CopyStmt) -> tuple[Change, ...]:
    """Read COPY ... FROM."""
    return (CopyFrom(relation_name(statement.relation)),) if statement.is_from else ()


def _scope(statement: pb.UpdateStmt | pb.DeleteStmt, sources: Iterable[pb.Node]) -> Scope:
    target = statement.relation.alias.aliasname or statement.relation.relname
    return Scope(target, small_sources(sources, statement.with_clause))


def _joined(sources: Iterable[pb.Node]) -> tuple[Name, ...]:
    return tuple(relation_name(relation) for node in sources for relation in find_nodes(node, pb.RangeVar))


def _from_with(clause: pb.WithClause) -> Iterator[Change]:
    for node in clause.ctes:
        kind, query = opened(node.common_table_expr.ctequery)
        yield from _READERS[kind](query) if kind in _READERS else ()


_READERS: dict[str, Callable[[Tree], tuple[Change, ...]]] = {
    "update_stmt": read_update,
    "delete_stmt": read_delete,
    "insert_stmt": read_insert,
    "merge_stmt": read_merge,
}
