"""Statements that write a relation anew or clear it up: CLUSTER, VACUUM, REFRESH MATERIALIZED VIEW."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.sql.grammar.nodes import is_on, options, relation_name
from midflight.sql.storage import Cluster, RefreshView, Vacuum

if TYPE_CHECKING:
    from postgast import pg_query_pb2 as pb

    from midflight.sql.changes import Change
    from midflight.sql.names import Name


def read_cluster(statement: pb.ClusterStmt) -> tuple[Change, ...]:
    """Read CLUSTER; without a table it changes all that were clustered before, which it does not name."""
    return (Cluster(relation_name(statement.relation)),) if statement.HasField("relation") else ()


def read_vacuum(statement: pb.VacuumStmt) -> tuple[Change, ...]:
    """Read VACUUM and ANALYZE, which share their node."""
    full = is_on(options(statement.options).get("full"))
    named: list[Name | None] = [relation_name(node.vacuum_relation.relation) for node in statement.rels]
    return tuple(Vacuum(table, full, not statement.is_vacuumcmd) for table in named or [None])


def read_refresh(statement: pb.RefreshMatViewStmt) -> tuple[Change, ...]:
    """Read REFRESH MATERIALIZED VIEW."""
    return (RefreshView(relation_name(statement.relation), statement.concurrent, not statement.skip_data),)
