"""Puts other columns into the parse trees of definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.message import DecodeError
from postgast import PgQueryError, deparse, find_nodes, parse
from postgast import pg_query_pb2 as pb

from midflight.pg.identifiers import quote_identifier
from midflight.sql import renamed_columns as face

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from midflight.sql.grammar.nodes import Tree
    from midflight.sql.names import Name

_INDEX = "CREATE INDEX i ON t "
_CONSTRAINT = "ALTER TABLE t ADD CONSTRAINT c "
_EXPRESSION = "SELECT "


def index(shape: str, columns: Mapping[str, str]) -> str:
    """See :func:`midflight.sql.renamed_columns.index_over`."""
    tree = _read(_INDEX + shape)
    _replace(tree, columns)
    return _written(tree, _INDEX)


def constraint(definition: str, columns: Mapping[str, str], target: Name | None, there: Mapping[str, str]) -> str:
    """See :func:`midflight.sql.renamed_columns.constraint_over`."""
    tree = _read(_CONSTRAINT + definition)
    found = next(iter(find_nodes(tree, pb.Constraint)))
    _replace(tree, columns)
    for names in (found.keys, found.including, found.fk_attrs, found.fk_del_set_cols):
        _replace_names(names, columns)
    for node in found.fk_del_set_cols:  # libpg_query writes these names as they are
        node.string.sval = quote_identifier(node.string.sval)
    _replace_names(found.pk_attrs, there)
    if target is not None:
        found.pktable.schemaname, found.pktable.relname = target.schema or "", target.name
    found.skip_validation, found.initially_valid = False, True
    return _written(tree, _CONSTRAINT)


def statistics(definition: str, columns: Mapping[str, str], name: Name) -> str:
    """See :func:`midflight.sql.renamed_columns.statistics_over`."""
    tree = _read(definition)
    statement = tree.stmts[0].stmt.create_stats_stmt
    for element in find_nodes(statement, pb.StatsElem):
        if element.name:
            element.name = quote_identifier(columns.get(element.name, element.name))  # as below
    _replace(tree, columns)
    del statement.defnames[:]
    statement.defnames.extend(pb.Node(string=pb.String(sval=part)) for part in (name.schema, name.name) if part)
    return _written(tree, "")


def expression(text: str, columns: Mapping[str, str]) -> str:
    """See :func:`midflight.sql.renamed_columns.expression_over`."""
    tree = _read(_EXPRESSION + text)
    _replace(tree, columns)
    return _written(tree, _EXPRESSION)


def _read(text: str) -> Tree:
    try:
        return parse(text)
    except (PgQueryError, DecodeError) as error:
        raise face.UnreadableDefinitionError(
            "a definition that PostgreSQL's grammar, as we have it, cannot read"
        ) from error


def _written(tree: Tree, prefix: str) -> str:
    return str(deparse(tree)).removeprefix(prefix)


def _replace(tree: Tree, columns: Mapping[str, str]) -> None:
    """Columns stand by themselves as the elements of an index, and as references in expressions."""
    for element in find_nodes(tree, pb.IndexElem):
        element.name = columns.get(element.name, element.name)
    for reference in find_nodes(tree, pb.ColumnRef):
        _replace_names(reference.fields[-1:], columns)


def _replace_names(nodes: Iterable[pb.Node], columns: Mapping[str, str]) -> None:
    for node in nodes:
        if node.HasField("string"):
            node.string.sval = columns.get(node.string.sval, node.string.sval)
