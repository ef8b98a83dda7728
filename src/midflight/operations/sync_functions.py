"""The functions behind the triggers: assignments alone, since the conditions stand in the triggers.

Who writes to the table needs no right on them, nor on their schema: PostgreSQL asks for one when a trigger is made.
https://www.postgresql.org/docs/current/sql-createtrigger.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.operations.sync_rows import is_column
from midflight.pg.identifiers import quote_identifier, quote_literal
from midflight.sql.row_variable import with_row_variable

if TYPE_CHECKING:
    from midflight.operations.sync_triggers import Sync


def forward_function(sync: Sync) -> str:
    """The new columns follow the old ones; as SQL, what stands behind RETURNS."""
    lines = [
        f"new.{quote_identifier(column)} := {with_row_variable(expression, sync.old)};"
        for column, expression in sync.forward
    ]
    return _function(sync, lines)


def back_function(sync: Sync) -> str:
    """The old columns follow the new ones; as SQL, what stands behind RETURNS."""
    lines = [
        f"new.{quote_identifier(column)} := {with_row_variable(expression, sync.new)};"
        for column, expression in sync.back
    ]
    return _function(sync, [*_filled_before(sync), *lines])


def _filled_before(sync: Sync) -> list[str]:
    """Where one of several new columns is changed in a row that is not filled, the others must not count as NULL."""
    if len(sync.new) == 1:
        return []
    empty = " AND ".join(f"old.{quote_identifier(column)} IS NULL" for column in sync.new)
    fills = [
        f"new.{quote_identifier(column)} := coalesce(new.{quote_identifier(column)}, "
        f"{with_row_variable(expression, sync.old)});"
        for column, expression in sync.forward
    ]
    return ["IF TG_OP = 'UPDATE' THEN", f"IF {empty} THEN", *fills, "END IF;", "END IF;"]


def _function(sync: Sync, lines: list[str]) -> str:
    body = "\n".join(["", "BEGIN", *lines, "RETURN new;", "END"])
    return f"LANGUAGE plpgsql{_search_path(sync)} AS {quote_literal(body)}"


def _search_path(sync: Sync) -> str:
    """Functions and operators mean what they mean to the revision; a column alone needs none, and setting it costs."""
    plain = all(
        any(is_column(expression, column) for column in columns)
        for assignments, columns in ((sync.forward, sync.old), (sync.back, sync.new))
        for _, expression in assignments
    )
    return "" if plain else " SET search_path FROM CURRENT"
