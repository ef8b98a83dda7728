"""What revisions import: ``from midflight import op``. Safe namesakes of Alembic's operations, and those it lacks.

Each function takes what Alembic's of the same name takes. Whatever is not here is Alembic's own: ``op.get_bind``,
``op.bulk_insert``, ``op.batch_alter_table`` and all the rest.
"""

from __future__ import annotations

from typing import Any

from alembic import op as _alembic

from midflight.bridge.alembic_names import give_to_alembic
from midflight.bridge.grouping import TableChanges, alter_table
from midflight.bridge.op_backfill import backfill, drop_backfill
from midflight.bridge.op_change_type import change_type
from midflight.bridge.op_column_changes import merge_columns, rename_column, split_column
from midflight.bridge.op_columns import (
    add_column,
    alter_column,
    alter_column_type,
    comment_column,
    drop_column,
    drop_default,
    drop_not_null,
    set_default,
    set_not_null,
)
from midflight.bridge.op_constraints import (
    create_check_constraint,
    create_exclude_constraint,
    create_foreign_key,
    create_primary_key,
    create_unique_constraint,
    drop_constraint,
    rename_constraint,
    validate_constraint,
)
from midflight.bridge.op_enums import add_enum_value, create_enum, drop_enum, rename_enum_value
from midflight.bridge.op_extensions import create_extension, drop_extension
from midflight.bridge.op_indexes import create_index, drop_index, reindex, rename_index
from midflight.bridge.op_moves import move_column
from midflight.bridge.op_partitions import attach_partition, detach_partition
from midflight.bridge.op_sequences import create_sequence, drop_sequence
from midflight.bridge.op_statements import execute, execute_file, run_async
from midflight.bridge.op_tables import (
    comment_table,
    create_table,
    create_table_comment,
    drop_table,
    drop_table_comment,
    rename_table,
)
from midflight.bridge.running import run

__all__ = [
    "TableChanges",
    "add_column",
    "add_enum_value",
    "alter_column",
    "alter_column_type",
    "alter_table",
    "attach_partition",
    "backfill",
    "change_type",
    "comment_column",
    "comment_table",
    "create_check_constraint",
    "create_enum",
    "create_exclude_constraint",
    "create_extension",
    "create_foreign_key",
    "create_index",
    "create_primary_key",
    "create_sequence",
    "create_table",
    "create_table_comment",
    "create_unique_constraint",
    "detach_partition",
    "drop_backfill",
    "drop_column",
    "drop_constraint",
    "drop_default",
    "drop_enum",
    "drop_extension",
    "drop_index",
    "drop_not_null",
    "drop_sequence",
    "drop_table",
    "drop_table_comment",
    "execute",
    "execute_file",
    "merge_columns",
    "move_column",
    "reindex",
    "rename_column",
    "rename_constraint",
    "rename_enum_value",
    "rename_index",
    "rename_table",
    "run",
    "run_async",
    "set_default",
    "set_not_null",
    "split_column",
    "validate_constraint",
]

give_to_alembic(globals())


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever Alembic has under that name
    """Return what Alembic has under a name that is not here."""
    return getattr(_alembic, name)
