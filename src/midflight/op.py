"""What revisions import: ``from midflight import op``. Safe namesakes of Alembic's operations, and those it lacks.

Each function takes what Alembic's of the same name takes. Whatever is not here is Alembic's own: ``op.get_bind``,
``op.bulk_insert``, ``op.batch_alter_table`` and all the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic import op as _alembic

from midflight.bridge.op_constraints import (
    create_check_constraint as create_check_constraint,
)
from midflight.bridge.op_constraints import (
    create_exclude_constraint as create_exclude_constraint,
)
from midflight.bridge.op_constraints import (
    create_foreign_key as create_foreign_key,
)
from midflight.bridge.op_constraints import (
    create_primary_key as create_primary_key,
)
from midflight.bridge.op_constraints import (
    create_unique_constraint as create_unique_constraint,
)
from midflight.bridge.op_constraints import (
    drop_constraint as drop_constraint,
)
from midflight.bridge.op_constraints import (
    rename_constraint as rename_constraint,
)
from midflight.bridge.op_constraints import (
    validate_constraint as validate_constraint,
)
from midflight.bridge.op_indexes import (
    create_index as create_index,
)
from midflight.bridge.op_indexes import (
    drop_index as drop_index,
)
from midflight.bridge.op_indexes import (
    reindex as reindex,
)
from midflight.bridge.op_indexes import (
    rename_index as rename_index,
)
from midflight.bridge.safe_operation import SafeOperation
from midflight.operations.drop_not_null import DropNotNull
from midflight.operations.set_not_null import SetNotNull

if TYPE_CHECKING:
    from midflight.operations.operation import Operation


def run(operation: Operation) -> None:
    """Run an operation in the revision that is being applied."""
    _alembic.invoke(SafeOperation(operation))


def set_not_null(table_name: str, column_name: str, *, schema: str | None = None) -> None:
    """Let no row hold NULL in a column any more; the rows that are there are read beside the traffic."""
    run(SetNotNull(table_name, column_name, schema=schema))


def drop_not_null(table_name: str, column_name: str, *, schema: str | None = None) -> None:
    """Let a column hold NULL."""
    run(DropNotNull(table_name, column_name, schema=schema))


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever Alembic has under that name
    """Return what Alembic has under a name that is not here."""
    return getattr(_alembic, name)
