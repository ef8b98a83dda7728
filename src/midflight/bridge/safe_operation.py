"""Midflight's operations as Alembic's own: one directive that carries any of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from alembic.operations import MigrateOperation, Operations

from midflight.bridge.alembic_session import AlembicSession
from midflight.bridge.offline import write_script
from midflight.runner.executor import Executor

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext

    from midflight.operations.operation import Operation

_EXECUTORS: WeakKeyDictionary[MigrationContext, Executor] = WeakKeyDictionary()


class SafeOperation(MigrateOperation):
    """An operation of Midflight's within a revision."""

    def __init__(self, operation: Operation) -> None:
        """Take the operation."""
        self.operation = operation

    def reverse(self) -> SafeOperation:
        """Return what leads back."""
        return SafeOperation(self.operation.reverse())

    def to_diff_tuple(self) -> tuple[Any, ...]:
        """Return what ``alembic check`` prints."""
        return (type(self.operation).__name__, self.operation)


def use_executor(context: MigrationContext, executor: Executor) -> None:
    """Let the operations of a context run on an executor that has a watch, a journal and a listener."""
    _EXECUTORS[context] = executor


def executor_of(context: MigrationContext) -> Executor:
    """Return what runs the operations of a context; under plain ``alembic upgrade`` one that works alone."""
    if context not in _EXECUTORS:
        _EXECUTORS[context] = Executor(AlembicSession(context))
    return _EXECUTORS[context]


@Operations.implementation_for(SafeOperation)
def run_safely(operations: Operations, directive: SafeOperation) -> None:
    """Run an operation where the revision calls it: on a server, or as a script."""
    context = operations.migration_context
    if context.dialect.name != "postgresql":
        from midflight.bridge.elsewhere import run_elsewhere  # noqa: PLC0415 - test suites on SQLite alone need it

        run_elsewhere(operations, directive.operation)
    elif context.as_sql:
        write_script(context, directive.operation)
    else:
        executor_of(context).run(directive.operation)
