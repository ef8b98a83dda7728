"""From what was traced to what hazards look at."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from midflight import sql
from midflight.pg.locks import LockMode
from midflight.pg.passwords import without_passwords
from midflight.sql.changes import Delete, Insert, Update

if TYPE_CHECKING:
    from collections.abc import Iterable

    from midflight.pg.identifiers import QualifiedName
    from midflight.trace.record import TracedStatement

LOOKS_ONLY = frozenset({"SELECT", "SHOW", "SET", "RESET", "EXPLAIN", "VALUES", "TABLE", "DEALLOCATE"})
"""DEALLOCATE is psycopg's own: it forgets its prepared statements after DDL."""


def worth_telling(statements: Iterable[TracedStatement], version_table: QualifiedName) -> tuple[TracedStatement, ...]:
    """Leave out statements that only look and disturb nobody, and those with which Alembic keeps its version table.

    The transactions of the rest are counted from 1: a driver that connects in the middle has some of its own.
    """
    told = [
        without_secrets(statement)
        for statement in statements
        if not _is_alembics(statement, version_table) and (statement.error or not _only_looks(statement))
    ]
    numbers: dict[int, int] = {}
    for statement in told:
        numbers.setdefault(statement.transaction, len(numbers) + 1)
    return tuple(replace(statement, transaction=numbers[statement.transaction]) for statement in told)


def without_secrets(statement: TracedStatement) -> TracedStatement:
    """Put stars in place of passwords, such as that of CREATE ROLE."""
    error = statement.error and without_passwords(statement.error)
    return replace(statement, sql=without_passwords(statement.sql), error=error)


def _only_looks(statement: TracedStatement) -> bool:
    """SET lock_timeout and a SELECT that changes rows in its WITH clause do more: they have changes.

    So does a SELECT of a function that changes rows or locks a table: its locks tell.
    """
    locked = (lock for lock in statement.locks_taken if lock.relation.is_table)  # nextval() writes to its sequence
    disturbs = any(lock.mode >= LockMode.ROW_EXCLUSIVE for lock in locked) or statement.created
    parsed = sql.parse(statement.sql)
    return parsed.kind in LOOKS_ONLY and not parsed.changes and not disturbs


def _is_alembics(statement: TracedStatement, version_table: QualifiedName) -> bool:
    if version_table in statement.created:
        return True
    if version_table.name not in statement.sql:
        return False
    changes = sql.parse(statement.sql).changes
    return bool(changes) and all(
        isinstance(change, Insert | Update | Delete) and change.table.may_be(version_table) for change in changes
    )
