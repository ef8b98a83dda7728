"""SQLAlchemy's columns as Midflight's operations: their types and defaults as SQL."""

from __future__ import annotations

from typing import Any, Literal

from sqlalchemy import Column, Integer
from sqlalchemy.schema import DefaultClause
from sqlalchemy.types import SmallInteger, TypeEngine, to_instance

from midflight.bridge.sql_text import COMPILER, DIALECT, sql_text
from midflight.errors import MidflightError
from midflight.operations.add_column import AddColumn

ServerDefault = Any
"""What ``server_default`` takes: text as a value, ``sa.text()`` or an expression as SQL, a number, True or False."""


def read_added(table: str, column: Column[Any], schema: str | None, row_limit: int) -> AddColumn:
    """Read what ``add_column`` would add; the constraints that stand in the column are not part of it."""
    identity, computed = column.identity, column.computed
    return AddColumn(
        table,
        column.name,
        serial_type(column) or type_text(column.type),
        schema=schema,
        nullable=bool(column.nullable),
        default=default_text(column.server_default) if isinstance(column.server_default, DefaultClause) else None,
        identity=_identity(column),
        sequence_options=COMPILER.get_identity_options(identity) if identity is not None else "",
        generated=sql_text(computed.sqltext) if computed is not None else None,
        virtual=computed is not None and computed.persisted is False,
        comment=column.comment,
        row_limit=row_limit,
    )


def type_text(type_: TypeEngine[Any] | type[TypeEngine[Any]]) -> str:
    """Return a type as SQL."""
    return str(DIALECT.type_compiler_instance.process(to_instance(type_)))


def default_text(default: ServerDefault) -> str:
    """Return a default as SQL.

    Raises:
        MidflightError: where it is none that stands in SQL.
    """
    if isinstance(default, bool):
        return "true" if default else "false"
    if isinstance(default, int | float):
        return str(default)
    clause = default if isinstance(default, DefaultClause) else DefaultClause(default)
    text = COMPILER.get_column_default_string(Column("c", server_default=clause))
    if text is None:
        raise MidflightError("this is no default that PostgreSQL can keep", hint='write it as sa.text("...")')
    return str(text)


def serial_type(column: Column[Any]) -> str | None:
    """Return the serial type that SQLAlchemy gives to a primary key that counts by itself."""
    table: Any = column.table
    plain = column.server_default is None and column.identity is None and column.computed is None
    if table is None or column is not table._autoincrement_column or not plain:  # noqa: SLF001 - as SQLAlchemy's compiler asks
        return None
    implied = column.type.dialect_impl(DIALECT)
    if not isinstance(implied, Integer):
        return None
    kind = type(implied).__name__.lower()
    return "BIGSERIAL" if "big" in kind else "SMALLSERIAL" if isinstance(implied, SmallInteger) else "SERIAL"


def _identity(column: Column[Any]) -> Literal["", "always", "by default"]:
    if column.identity is None:
        return ""
    return "always" if column.identity.always else "by default"
