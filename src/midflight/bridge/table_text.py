"""SQLAlchemy's tables as Midflight's operation: what SQLAlchemy would send to make them, as SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import schema
from sqlalchemy.dialects.postgresql.named_types import CreateEnumType
from sqlalchemy.engine.mock import MockConnection

from midflight.operations.create_table import CreateTable
from midflight.sql.names import Name

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext
    from sqlalchemy import Table


def read_table(context: MigrationContext, table: Table) -> CreateTable:
    """Read what a table would be made by: its enums, itself, its indexes and comments."""
    dialect: Any = context.dialect
    sent: list[Any] = []
    table.create(MockConnection(dialect, lambda element, _: sent.append(element)))
    types: list[tuple[Name, tuple[str, ...], str]] = []
    indexes: list[tuple[str, str]] = []
    others: list[str] = []
    own = ""
    for element in sent:
        text = str(element.compile(dialect=dialect)).strip()
        match element:
            case schema.CreateTable():
                own = text
            case schema.CreateIndex():
                name = dialect.identifier_preparer.format_index(element.element, _alembic_quote=False)
                indexes.append((name, text))
            case CreateEnumType():
                types.append((Name(element.element.schema, element.element.name), tuple(element.element.enums), text))
            case _:
                others.append(text)
    return CreateTable(
        str(table.name),
        own,
        schema=table.schema,
        columns=tuple(column.name for column in table.columns),
        referents=tuple(sorted({_referent(key) for key in table.foreign_keys}, key=str)),
        types=tuple(types),
        indexes=tuple(indexes),
        comments=tuple(others),
    )


def _referent(key: Any) -> Name:  # noqa: ANN401 - SQLAlchemy's ForeignKey
    target = key.column.table
    return Name(target.schema, str(target.name))
