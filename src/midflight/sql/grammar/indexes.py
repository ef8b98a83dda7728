"""CREATE INDEX, DROP INDEX, REINDEX."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from postgast import pg_query_pb2 as pb

from midflight.sql.changes import CreateIndex, DropIndex, Reindex
from midflight.sql.grammar.expressions import read_optional
from midflight.sql.grammar.nodes import dotted_name, is_on, options, relation_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from midflight.sql.changes import Change

_REINDEX_OF: dict[int, Literal["index", "table", "schema", "database", "system"]] = {
    pb.REINDEX_OBJECT_INDEX: "index",
    pb.REINDEX_OBJECT_TABLE: "table",
    pb.REINDEX_OBJECT_SCHEMA: "schema",
    pb.REINDEX_OBJECT_DATABASE: "database",
    pb.REINDEX_OBJECT_SYSTEM: "system",
}


def read_create_index(statement: pb.IndexStmt) -> tuple[Change, ...]:
    """Read CREATE INDEX."""
    return (
        CreateIndex(
            table=relation_name(statement.relation),
            name=statement.idxname or None,
            columns=_plain_columns(statement.index_params),
            unique=statement.unique,
            concurrently=statement.concurrent,
            if_not_exists=statement.if_not_exists,
            only=not statement.relation.inh,
            method=statement.access_method or "btree",
            include=tuple(node.index_elem.name for node in statement.index_including_params),
            where=read_optional(statement.where_clause),
            has_options=bool(statement.options or statement.table_space or statement.nulls_not_distinct),
        ),
    )


def read_drop_index(statement: pb.DropStmt) -> tuple[Change, ...]:
    """Read DROP INDEX."""
    cascade = statement.behavior == pb.DROP_CASCADE
    return tuple(DropIndex(dotted_name(node.list.items), statement.concurrent, cascade) for node in statement.objects)


def read_reindex(statement: pb.ReindexStmt) -> tuple[Change, ...]:
    """Read REINDEX, with CONCURRENTLY in either place."""
    target = relation_name(statement.relation) if statement.HasField("relation") else None
    concurrently = is_on(options(statement.params).get("concurrently"))
    return (Reindex(target, _REINDEX_OF[statement.kind], concurrently),)


def _plain_columns(parameters: Iterable[pb.Node]) -> tuple[str, ...] | None:
    elements = [node.index_elem for node in parameters]
    return tuple(element.name for element in elements) if all(map(_is_plain, elements)) else None


def _is_plain(element: pb.IndexElem) -> bool:
    return bool(
        element.name
        and not element.collation
        and not element.opclass
        and element.ordering == pb.SORTBY_DEFAULT
        and element.nulls_ordering == pb.SORTBY_NULLS_DEFAULT
    )
