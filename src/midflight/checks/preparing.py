"""Which tables a revision touches that prepares for a contract."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from midflight import sql
from midflight.operations.phase import Phase
from midflight.pg.locks import LockMode
from midflight.sql.changes import RenameTable, RenameView
from midflight.sql.names import Name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from midflight.sql.changes import Change
    from midflight.trace.record import TracedStatement

PREPARING = frozenset({Phase.EXPAND, Phase.MIGRATE})
"""What a revision must say of itself: one that says nothing may have touched the table years ago, for any reason."""
_KINDS = frozenset({"r", "p", "v", "m", "f"})
"""As ``pg_class.relkind``: what queries name."""


def touched_tables(statements: Iterable[TracedStatement]) -> frozenset[str]:
    """Return the tables, views and types that statements change or build upon, as a finding names them."""
    return frozenset(name for statement in statements for name in _touched(statement))


def _touched(statement: TracedStatement) -> Iterator[str]:
    changes = sql.parse(statement.sql).changes
    weakest = LockMode.ACCESS_SHARE if changes else LockMode.ROW_EXCLUSIVE  # a query alone touches nothing
    for lock in statement.locks_taken:
        if lock.relation.kind in _KINDS and lock.mode >= weakest:
            yield str(lock.relation.name)
    for change in changes:
        yield from map(str, _names(change))


def _names(change: Change) -> Iterator[Name]:
    values = (getattr(change, field.name) for field in fields(change))
    yield from (value for value in values if isinstance(value, Name))
    match change:
        case RenameTable(table=old, new_name=new) | RenameView(view=old, new_name=new, column=None):
            yield Name(old.schema, new)
        case _:
            pass
