"""A whole statement: its node, read by the family that it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf.message import DecodeError
from postgast import PgQueryError
from postgast import parse as parse_tree

from midflight.sql.grammar.again import can_run_again
from midflight.sql.grammar.alter_table import read_alter_table, read_set_schema
from midflight.sql.grammar.data import read_copy, read_delete, read_insert, read_merge, read_select, read_update
from midflight.sql.grammar.drops import read_drop, read_drop_database, read_drop_owned
from midflight.sql.grammar.enums import (
    read_alter_domain,
    read_alter_enum,
    read_create_composite,
    read_create_domain,
    read_create_enum,
    read_create_range,
)
from midflight.sql.grammar.indexes import read_create_index, read_reindex
from midflight.sql.grammar.kinds import kind_of
from midflight.sql.grammar.nodes import opened
from midflight.sql.grammar.storage import read_cluster, read_refresh, read_vacuum
from midflight.sql.grammar.tables import (
    read_create_schema,
    read_create_table,
    read_create_table_as,
    read_create_trigger,
    read_create_view,
    read_lock,
    read_rename,
    read_truncate,
)
from midflight.sql.grammar.timeouts import read_set
from midflight.sql.grammar.transactions import CONTROL, can_run_in_transaction
from midflight.sql.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Callable

    from midflight.sql.changes import Change
    from midflight.sql.grammar.nodes import Tree

_READERS: dict[str, Callable[[Tree], tuple[Change, ...]]] = {
    "alter_domain_stmt": read_alter_domain,
    "alter_enum_stmt": read_alter_enum,
    "alter_object_schema_stmt": read_set_schema,
    "alter_table_stmt": read_alter_table,
    "cluster_stmt": read_cluster,
    "composite_type_stmt": read_create_composite,
    "copy_stmt": read_copy,
    "create_domain_stmt": read_create_domain,
    "create_enum_stmt": read_create_enum,
    "create_range_stmt": read_create_range,
    "create_schema_stmt": read_create_schema,
    "create_stmt": read_create_table,
    "create_table_as_stmt": read_create_table_as,
    "create_trig_stmt": read_create_trigger,
    "delete_stmt": read_delete,
    "drop_owned_stmt": read_drop_owned,
    "drop_stmt": read_drop,
    "dropdb_stmt": read_drop_database,
    "index_stmt": read_create_index,
    "insert_stmt": read_insert,
    "lock_stmt": read_lock,
    "merge_stmt": read_merge,
    "refresh_mat_view_stmt": read_refresh,
    "reindex_stmt": read_reindex,
    "rename_stmt": read_rename,
    "select_stmt": read_select,
    "truncate_stmt": read_truncate,
    "update_stmt": read_update,
    "vacuum_stmt": read_vacuum,
    "variable_set_stmt": read_set,
    "view_stmt": read_create_view,
}

_OPAQUE = {
    "call_stmt": "what a procedure does is not in the statement that calls it",
    "do_stmt": "the statements of a DO block are not read",
    "execute_stmt": "what EXECUTE runs was prepared before",
    "prepare_stmt": "PREPARE runs nothing yet",
}


def read_statement(text: str) -> Statement:
    """Read one statement; see :func:`midflight.sql.parse.parse`."""
    try:
        statements = parse_tree(text).stmts
    except PgQueryError as error:
        return _opaque(text, error.message)
    except UnicodeEncodeError:
        return _opaque(text, "it is not valid text")
    except DecodeError:
        return _opaque(text, "it is nested too deeply to be read")
    if len(statements) != 1 or "\0" in text:
        return _opaque(text, "it is not exactly one statement")
    return _read(text, *opened(statements[0].stmt))


def _read(text: str, node: str, statement: Tree) -> Statement:
    reader = _READERS.get(node)
    return Statement(
        text=text,
        kind=kind_of(node, statement),
        changes=reader(statement) if reader else (),
        can_run_in_transaction=can_run_in_transaction(node, statement),
        can_run_again=can_run_again(node, statement),
        is_transaction_control=node == CONTROL,
        opaque=_OPAQUE.get(node),
    )


def _opaque(text: str, reason: str) -> Statement:
    return Statement(text, kind=_first_word(text), opaque=reason)


def _first_word(text: str) -> str:
    words = text.split(maxsplit=1)
    return words[0].upper() if words and words[0].isalpha() else "UNKNOWN"
