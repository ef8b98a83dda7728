"""What Alembic's create_index takes, as Midflight's operation."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from alembic.operations.ops import CreateIndexOp
from sqlalchemy import ColumnClause

from midflight.bridge.sql_text import sql_text
from midflight.errors import MidflightError
from midflight.operations.create_index import CreateIndex
from midflight.pg.identifiers import quote_identifier

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext
    from sqlalchemy import Index
    from sqlalchemy.sql.elements import ColumnElement

_LOG = logging.getLogger("midflight")


def read_index(context: MigrationContext, directive: CreateIndexOp) -> CreateIndex:
    """Read what Alembic's operation would create.

    Raises:
        MidflightError: where it has no name: only by its name it is found again.
    """
    index = directive.to_index(context)
    options = index.dialect_options["postgresql"]
    name = sql_text_name(index, context)
    if name is None:
        raise MidflightError("an index needs a name", hint='op.create_index("ix_orders_total", "orders", ["total"])')
    if options["concurrently"] is False and "postgresql_concurrently" in directive.kw:
        _LOG.info("index %s is built concurrently all the same", name)
    where = options["where"]
    return CreateIndex(
        name,
        index.table.name,
        tuple(_element(one, options["ops"]) for one in index.expressions),
        schema=index.table.schema,
        unique=bool(index.unique),
        method=str(options["using"]).lower() if options["using"] else None,
        include=tuple(_column_name(one) for one in options["include"] or ()),
        where=None if where is None else sql_text(where),
        options=", ".join(f"{key} = {value}" for key, value in options["with"].items()) or None,
        tablespace=options["tablespace"] or None,
        nulls_not_distinct=options["nulls_not_distinct"] is True,
        columns=_columns(index),
    )


def sql_text_name(index: Index, context: MigrationContext) -> str | None:
    """Return an index's name after the naming convention of the project's metadata."""
    if index.name is None:
        return None
    preparer = context.dialect.identifier_preparer
    formatted = preparer.format_index(index)
    quote = preparer.initial_quote
    return formatted[1:-1].replace(quote * 2, quote) if formatted.startswith(quote) else formatted


def _element(expression: ColumnElement[Any], classes: dict[str, str]) -> str:
    operator_class = classes.get(getattr(expression, "key", None) or "")
    text = quote_identifier(expression.name) if isinstance(expression, ColumnClause) else sql_text(expression)
    return f"{text} {operator_class}" if operator_class else text


def _columns(index: Index) -> tuple[str, ...] | None:
    """Its key where that is columns alone."""
    names = [one.name for one in index.expressions if isinstance(one, ColumnClause)]
    return tuple(names) if len(names) == len(index.expressions) else None


def _column_name(column: Any) -> str:  # noqa: ANN401 - a name or a column
    return str(getattr(column, "name", column))
