"""What a revision says of a backfill, as text for the ledger."""

from __future__ import annotations

import inspect
import sys
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnClause, literal_column
from sqlalchemy.sql.visitors import replacement_traverse

from midflight.backfill.functions import OF_REVISION
from midflight.bridge.sql_text import COMPILER, sql_text
from midflight.errors import MidflightError
from midflight.pg.identifiers import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Update

    from midflight.backfill.changing import BatchFunction


def assignments_of(given: Mapping[str, Any] | None, update: Update | None) -> tuple[tuple[str, str], ...]:
    """Return each column with its expression as SQL."""
    if update is None:
        return tuple((column, sql_text(value)) for column, value in (given or {}).items())
    values: Mapping[Any, Any] = update._values or {}  # noqa: SLF001 - SQLAlchemy has no public way to them
    return tuple((getattr(column, "name", column), _of_row(value, update)) for column, value in values.items())


def condition_of(given: Any, update: Update | None) -> str | None:  # noqa: ANN401 - text or an expression
    """Return which rows, as SQL; None for all."""
    if update is None:
        return None if given is None else sql_text(given)
    return None if update.whereclause is None else _of_row(update.whereclause, update)


def _of_row(expression: Any, update: Update) -> str:  # noqa: ANN401 - any expression of SQLAlchemy's
    """Write an expression over the columns of a row; they keep the table's name, for it may hold queries on others."""
    table: Any = update.table
    name = quote_identifier(table.name)

    def replace(element: Any, **_: Any) -> Any:  # noqa: ANN401 - as SQLAlchemy has it
        if isinstance(element, ColumnClause) and element.table is table:
            return literal_column(f"{name}.{quote_identifier(element.name)}", element.type)
        return None

    written = replacement_traverse(expression, {}, replace)
    return str(COMPILER.sql_compiler.process(written.self_group(), literal_binds=True))


def reference_of(function: BatchFunction | str | None) -> str | None:
    """Return by which name a worker finds a function.

    Raises:
        MidflightError: where it is within another one, or no ``async def``.
    """
    if function is None or isinstance(function, str):
        return function
    name = getattr(function, "__qualname__", "")
    if not inspect.iscoroutinefunction(function) or "." in name:
        raise MidflightError(
            f"the function {name or type(function).__name__} of a backfill is no async def at the top of a file"
        )
    revision = function.__globals__.get("revision") if "down_revision" in function.__globals__ else None
    return f"{OF_REVISION}:{revision}:{name}" if revision else f"{function.__module__}:{name}"


def revision_of() -> str | None:
    """Return the revision that calls: of the nearest caller that says which one it is."""
    frame = sys._getframe(1)  # noqa: SLF001 - Alembic tells a function of a revision nothing
    while frame.f_back is not None:
        frame = frame.f_back
        if "down_revision" in frame.f_globals and "revision" in frame.f_globals:
            return str(frame.f_globals["revision"])
    return None
