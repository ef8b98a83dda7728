"""What a statement is called: PostgreSQL's command tag, such as ``CREATE INDEX``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from postgast import pg_query_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import Callable

    from midflight.sql.grammar.nodes import Tree

_FIXED = {
    "alter_database_set_stmt": "ALTER DATABASE",
    "alter_enum_stmt": "ALTER TYPE",
    "alter_function_stmt": "ALTER FUNCTION",
    "alter_role_set_stmt": "ALTER ROLE",
    "alter_seq_stmt": "ALTER SEQUENCE",
    "call_stmt": "CALL",
    "composite_type_stmt": "CREATE TYPE",
    "create_enum_stmt": "CREATE TYPE",
    "create_range_stmt": "CREATE TYPE",
    "create_seq_stmt": "CREATE SEQUENCE",
    "create_stats_stmt": "CREATE STATISTICS",
    "create_stmt": "CREATE TABLE",
    "create_table_space_stmt": "CREATE TABLESPACE",
    "create_trig_stmt": "CREATE TRIGGER",
    "createdb_stmt": "CREATE DATABASE",
    "drop_table_space_stmt": "DROP TABLESPACE",
    "dropdb_stmt": "DROP DATABASE",
    "index_stmt": "CREATE INDEX",
    "lock_stmt": "LOCK TABLE",
    "refresh_mat_view_stmt": "REFRESH MATERIALIZED VIEW",
    "rule_stmt": "CREATE RULE",
    "truncate_stmt": "TRUNCATE TABLE",
    "variable_show_stmt": "SHOW",
    "view_stmt": "CREATE VIEW",
}

_TRANSACTION = {
    pb.TRANS_STMT_BEGIN: "BEGIN",
    pb.TRANS_STMT_START: "START TRANSACTION",
    pb.TRANS_STMT_COMMIT: "COMMIT",
    pb.TRANS_STMT_ROLLBACK: "ROLLBACK",
    pb.TRANS_STMT_SAVEPOINT: "SAVEPOINT",
    pb.TRANS_STMT_RELEASE: "RELEASE",
    pb.TRANS_STMT_ROLLBACK_TO: "ROLLBACK TO SAVEPOINT",
    pb.TRANS_STMT_PREPARE: "PREPARE TRANSACTION",
    pb.TRANS_STMT_COMMIT_PREPARED: "COMMIT PREPARED",
    pb.TRANS_STMT_ROLLBACK_PREPARED: "ROLLBACK PREPARED",
}

_OBJECTS = {
    pb.OBJECT_MATVIEW: "MATERIALIZED VIEW",
    pb.OBJECT_COLUMN: "TABLE",
    pb.OBJECT_TABCONSTRAINT: "TABLE",
    pb.OBJECT_ATTRIBUTE: "TYPE",
    pb.OBJECT_DOMCONSTRAINT: "DOMAIN",
    pb.OBJECT_STATISTIC_EXT: "STATISTICS",
    pb.OBJECT_FDW: "FOREIGN DATA WRAPPER",
    pb.OBJECT_FOREIGN_SERVER: "SERVER",
    pb.OBJECT_OPCLASS: "OPERATOR CLASS",
    pb.OBJECT_OPFAMILY: "OPERATOR FAMILY",
    pb.OBJECT_TSCONFIGURATION: "TEXT SEARCH CONFIGURATION",
    pb.OBJECT_TSDICTIONARY: "TEXT SEARCH DICTIONARY",
    pb.OBJECT_TSPARSER: "TEXT SEARCH PARSER",
    pb.OBJECT_TSTEMPLATE: "TEXT SEARCH TEMPLATE",
}


def kind_of(node: str, statement: Tree) -> str:
    """Name a statement, by the kind of its node."""
    if node in _FIXED:
        return _FIXED[node]
    if node in _VARYING:
        return _VARYING[node](statement)
    return node.removesuffix("_stmt").replace("_", " ").upper()


def object_words(number: int) -> str:
    """Name a kind of object, such as ``MATERIALIZED VIEW``."""
    return _OBJECTS.get(number) or pb.ObjectType.Name(number).removeprefix("OBJECT_").replace("_", " ")


def _set(statement: pb.VariableSetStmt) -> str:
    return "RESET" if statement.kind in {pb.VAR_RESET, pb.VAR_RESET_ALL} else "SET"


_VARYING: dict[str, Callable[[Tree], str]] = {
    "alter_object_depends_stmt": lambda s: f"ALTER {object_words(s.object_type)}",
    "alter_object_schema_stmt": lambda s: f"ALTER {object_words(s.object_type)}",
    "alter_owner_stmt": lambda s: f"ALTER {object_words(s.object_type)}",
    "alter_table_stmt": lambda s: f"ALTER {object_words(s.objtype)}",
    "create_function_stmt": lambda s: "CREATE PROCEDURE" if s.is_procedure else "CREATE FUNCTION",
    "create_table_as_stmt": lambda s: (
        "CREATE MATERIALIZED VIEW" if s.objtype == pb.OBJECT_MATVIEW else "CREATE TABLE AS"
    ),
    "define_stmt": lambda s: f"CREATE {object_words(s.kind)}",
    "drop_stmt": lambda s: f"DROP {object_words(s.remove_type)}",
    "grant_role_stmt": lambda s: "GRANT ROLE" if s.is_grant else "REVOKE ROLE",
    "grant_stmt": lambda s: "GRANT" if s.is_grant else "REVOKE",
    "rename_stmt": lambda s: f"ALTER {object_words(s.relation_type if _is_part(s) else s.rename_type)}",
    "transaction_stmt": lambda s: _TRANSACTION[s.kind],
    "vacuum_stmt": lambda s: "VACUUM" if s.is_vacuumcmd else "ANALYZE",
    "variable_set_stmt": _set,
}


def _is_part(statement: pb.RenameStmt) -> bool:
    """Tell the renaming of a column, which may be a view's, from that of the object itself."""
    return bool(statement.rename_type == pb.OBJECT_COLUMN)
