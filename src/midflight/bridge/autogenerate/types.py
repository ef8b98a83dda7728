"""What a change of a column's type means for its table and its values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import CompileError

from midflight.hazards.losses import loss
from midflight.sql.changes import AlterColumnType
from midflight.sql.parse import parse
from midflight.sql.type_changes import keeps_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Dialect
    from sqlalchemy.types import TypeEngine

POSTGRESQL: Dialect = postgresql.dialect()  # type: ignore[no-untyped-call] # SQLAlchemy has no type for it
"""PostgreSQL as SQLAlchemy writes it, without a driver."""
_ALTER = "ALTER TABLE t ALTER COLUMN c TYPE {}"
"""Never sent: PostgreSQL's grammar reads the type in it."""


def is_rewrite(old: TypeEngine[Any] | None, new: TypeEngine[Any]) -> bool:
    """Tell whether a change of type writes the table anew; where that is not known it is taken not to."""
    before, after = _as_postgresql(old), _as_postgresql(new)
    return before is not None and after is not None and not keeps_rows(before, after)


def losses_on_change(table: str, column: str, old: TypeEngine[Any] | None, new: TypeEngine[Any]) -> Iterator[str]:
    """Say whether a change of type loses values; nothing where it does not."""
    before, after = _as_postgresql(old), _as_postgresql(new)
    if before is not None and after is not None and (lost := loss(before, after)):
        yield f"lossy: {table}.{column} goes from {before} to {after}: {lost}"


def notes_on_change(table: str, column: str, old: TypeEngine[Any] | None, new: TypeEngine[Any]) -> Iterator[str]:
    """Say whether a change of type loses values, or writes the table anew; nothing where it does neither."""
    yield from losses_on_change(table, column, old, new)
    if is_rewrite(old, new):
        before, after = _as_postgresql(old), _as_postgresql(new)
        yield (
            f"{before} to {after} writes {table} anew: refused on a large table, where "
            "midflight revision --expand-contract change_type writes the revisions that do it beside the traffic"
        )


def _as_postgresql(type_: TypeEngine[Any] | None) -> str | None:
    """Write a type as ``format_type`` does; None where SQLAlchemy or the grammar cannot tell."""
    if type_ is None:
        return None
    try:
        text = type_.compile(dialect=POSTGRESQL)
    except (CompileError, NotImplementedError):
        return None
    changes = parse(_ALTER.format(text)).changes
    return next((change.type for change in changes if isinstance(change, AlterColumnType)), None)
