"""Which statements PostgreSQL refuses inside a transaction block.

The source is PostgreSQL's manual, the page of each command (https://www.postgresql.org/docs/current/sql-commands.html),
and the calls of ``PreventInTransactionBlock`` in its source.
``ALTER TYPE ... ADD VALUE`` is none of them since PostgreSQL 12.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from postgast import pg_query_pb2 as pb

from midflight.sql.grammar.nodes import is_on, options

if TYPE_CHECKING:
    from collections.abc import Callable

    from midflight.sql.grammar.nodes import Tree

_WHOLE_CATALOGS = frozenset({pb.REINDEX_OBJECT_SCHEMA, pb.REINDEX_OBJECT_DATABASE, pb.REINDEX_OBJECT_SYSTEM})
_PREPARED = frozenset({pb.TRANS_STMT_COMMIT_PREPARED, pb.TRANS_STMT_ROLLBACK_PREPARED})
_REFRESHING = frozenset(
    {
        pb.ALTER_SUBSCRIPTION_SET_PUBLICATION,
        pb.ALTER_SUBSCRIPTION_ADD_PUBLICATION,
        pb.ALTER_SUBSCRIPTION_DROP_PUBLICATION,
    }
)

CONTROL = "transaction_stmt"

_ENDS_TRANSACTION = re.compile(
    r"(?:^|;|\b(?:begin|else|loop|then)\b)\s*(?:commit|rollback)(?:\s+and\s+(?:no\s+)?chain)?\s*;",
    re.IGNORECASE | re.MULTILINE,
)
"""COMMIT or ROLLBACK as a statement of PL/pgSQL, which a DO block may have outside of a transaction alone.
https://www.postgresql.org/docs/current/plpgsql-transactions.html"""


def can_run_in_transaction(kind: str, statement: Tree) -> bool:
    """Tell whether a statement, by the kind of its node, can run inside a transaction block."""
    refused = _REFUSED.get(kind)
    return refused is None or not refused(statement)


def _always(_: object) -> bool:
    return True


def _is_concurrent(statement: pb.IndexStmt | pb.DropStmt) -> bool:
    return bool(statement.concurrent)


def _is_detach_concurrently(statement: pb.AlterTableStmt) -> bool:
    definitions = (getattr(node.alter_table_cmd, "def") for node in statement.cmds)
    return any(definition.partition_cmd.concurrent for definition in definitions)


def _is_refused_reindex(statement: pb.ReindexStmt) -> bool:
    return statement.kind in _WHOLE_CATALOGS or is_on(options(statement.params).get("concurrently"))


def _is_vacuum(statement: pb.VacuumStmt) -> bool:
    """VACUUM and ANALYZE share their node; ANALYZE can run anywhere."""
    return bool(statement.is_vacuumcmd)


def _is_cluster_of_all(statement: pb.ClusterStmt) -> bool:
    return not statement.HasField("relation")


def _is_discard_all(statement: pb.DiscardStmt) -> bool:
    return bool(statement.target == pb.DISCARD_ALL)


def _moves_database(statement: pb.AlterDatabaseStmt) -> bool:
    return "tablespace" in options(statement.options)


def _commits(statement: pb.DoStmt) -> bool:
    """A DO block: its text is all that is known of it."""
    body = (node.def_elem.arg.string.sval for node in statement.args if node.def_elem.defname == "as")
    return any(_ENDS_TRANSACTION.search(text) for text in body)


def _ends_prepared(statement: pb.TransactionStmt) -> bool:
    return bool(statement.kind in _PREPARED)


def _creates_slot(statement: pb.CreateSubscriptionStmt) -> bool:
    """CREATE SUBSCRIPTION is refused where it creates a replication slot, which it does unless told otherwise."""
    given = options(statement.options)
    return is_on(given.get("connect", "true")) and is_on(given.get("create_slot", "true"))


def _refreshes_subscription(statement: pb.AlterSubscriptionStmt) -> bool:
    """ALTER SUBSCRIPTION is refused where it refreshes, which a change of publications does unless told otherwise."""
    refreshes = is_on(options(statement.options).get("refresh", "true"))
    return statement.kind == pb.ALTER_SUBSCRIPTION_REFRESH or (statement.kind in _REFRESHING and refreshes)


_REFUSED: dict[str, Callable[[Tree], bool]] = {
    "index_stmt": _is_concurrent,
    "drop_stmt": _is_concurrent,
    "reindex_stmt": _is_refused_reindex,
    "alter_table_stmt": _is_detach_concurrently,
    "vacuum_stmt": _is_vacuum,
    "cluster_stmt": _is_cluster_of_all,
    "createdb_stmt": _always,
    "dropdb_stmt": _always,
    "alter_database_stmt": _moves_database,
    "create_table_space_stmt": _always,
    "drop_table_space_stmt": _always,
    "alter_system_stmt": _always,
    "discard_stmt": _is_discard_all,
    "do_stmt": _commits,
    CONTROL: _ends_prepared,
    "create_subscription_stmt": _creates_slot,
    "alter_subscription_stmt": _refreshes_subscription,
    "drop_subscription_stmt": _always,
}
