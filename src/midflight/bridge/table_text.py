"""SQLAlchemy's tables as Midflight's operation: what SQLAlchemy would send to make them, as SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import schema
from sqlalchemy.dialects.postgresql.named_types import CreateEnumType
from sqlalchemy.engine.mock import MockConnection

from midflight.bridge.sql_text import DIALECT
from midflight.operations.create_table import CreateTable
from midflight.sql.names import Name

if TYPE_CHECKING:
    from sqlalchemy import Index, Table


def read_table(table: Table) -> CreateTable:
    """Read what a table would be made by: its enums, itself, its indexes and comments."""
    sent: list[Any] = []
    table.create(MockConnection(DIALECT, lambda element, _: sent.append(element)))
    types: list[tuple[Name, tuple[str, ...], str]] = []
    indexes: list[tuple[str, str]] = []
    others: list[str] = []
    own = ""
    for element in sent:
        text = str(element.compile(dialect=DIALECT)).strip()
        match element:
            case schema.CreateTable():
                own = text
            case schema.CreateIndex():
                indexes.append((_index_name(element.element), text))
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


def _index_name(index: Index) -> str:
    """Its name, cut where SQLAlchemy cuts it."""
    name = DIALECT.identifier_preparer.format_index(index)
    return name[1:-1].replace('""', '"') if name.startswith('"') else name
