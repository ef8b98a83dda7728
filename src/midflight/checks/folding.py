"""Leaves out the statements with which the runner itself works: they say how a step is run, not what it does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from midflight import sql
from midflight.sql.changes import LockTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from midflight.trace.record import HeldLock, TracedStatement

_SETTINGS = frozenset({"SET", "RESET"})


def folded(statements: Sequence[TracedStatement]) -> list[tuple[int, TracedStatement]]:
    """Leave out SET, SAVEPOINT, and LOCK TABLE ... NOWAIT where the statement follows for which it takes the lock.

    Returns:
        What is left, each with its index among the statements.
    """
    kept: list[tuple[int, TracedStatement]] = []
    waiting: tuple[HeldLock, ...] = ()
    for index, statement in enumerate(statements):
        following = statements[index + 1] if index + 1 < len(statements) else None
        if _is_working(statement):
            continue
        if _is_poll(statement) and following and following.transaction == statement.transaction:
            waiting += statement.locks_taken
            continue
        kept.append((index, _with(statement, waiting)))
        waiting = ()
    return kept


def _is_working(statement: TracedStatement) -> bool:
    parsed = sql.parse(statement.sql)
    return not statement.error and (parsed.is_transaction_control or parsed.kind in _SETTINGS)


def _is_poll(statement: TracedStatement) -> bool:
    changes = sql.parse(statement.sql).changes
    return (
        not statement.error
        and bool(changes)
        and all(isinstance(change, LockTable) and change.nowait for change in changes)
    )


def _with(statement: TracedStatement, taken: tuple[HeldLock, ...]) -> TracedStatement:
    if not taken:
        return statement
    held = tuple(lock for lock in statement.locks_held if lock not in taken)
    return replace(statement, locks_taken=(*taken, *statement.locks_taken), locks_held=held)
