"""Runs an operation in the revision that Alembic is applying."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic import op

from midflight.bridge.safe_operation import SafeOperation

if TYPE_CHECKING:
    from midflight.operations.operation import Operation


def run(operation: Operation) -> None:
    """Run an operation in the revision that is being applied."""
    op.invoke(SafeOperation(operation))


def is_elsewhere() -> bool:
    """Tell whether the database is none of PostgreSQL: there Alembic's own operations do what has a meaning."""
    return op.get_context().dialect.name != "postgresql"
