"""Operations on indexes and constraints on another database, by Alembic's own and its batch mode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from midflight.operations.create_check_constraint import CreateCheckConstraint
from midflight.operations.create_foreign_key import CreateForeignKey
from midflight.operations.create_index import CreateIndex
from midflight.operations.create_primary_key import CreatePrimaryKey
from midflight.operations.create_unique_constraint import CreateUniqueConstraint
from midflight.operations.drop_constraint import DropConstraint
from midflight.operations.drop_index import DropIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from alembic.operations import Operations


def _create_index(operations: Operations, index: CreateIndex) -> None:
    elements: list[Any] = list(index.columns or map(text, index.elements))
    where = None if index.where is None else text(index.where)
    operations.create_index(
        index.name, index.table, elements, schema=index.schema, unique=index.unique, sqlite_where=where
    )


def _drop_index(operations: Operations, index: DropIndex) -> None:
    operations.drop_index(index.name, index.table, schema=index.schema)


def _create_foreign_key(operations: Operations, key: CreateForeignKey) -> None:
    with operations.batch_alter_table(key.source_table, schema=key.source_schema) as batch:
        batch.create_foreign_key(
            key.name,
            key.referent_table,
            list(key.local_cols),
            list(key.remote_cols),
            referent_schema=key.referent_schema,
            onupdate=key.onupdate,
            ondelete=key.ondelete,
            deferrable=key.deferrable,
            initially=key.initially,
            match=key.match,
        )


def _create_check_constraint(operations: Operations, check: CreateCheckConstraint) -> None:
    with operations.batch_alter_table(check.table, schema=check.schema) as batch:
        batch.create_check_constraint(check.name, text(check.condition))


def _create_unique_constraint(operations: Operations, key: CreateUniqueConstraint) -> None:
    with operations.batch_alter_table(key.table, schema=key.schema) as batch:
        batch.create_unique_constraint(key.name, list(key.columns))


def _create_primary_key(operations: Operations, key: CreatePrimaryKey) -> None:
    with operations.batch_alter_table(key.table, schema=key.schema) as batch:
        batch.create_primary_key(key.name, list(key.columns))


def _drop_constraint(operations: Operations, constraint: DropConstraint) -> None:
    with operations.batch_alter_table(constraint.table, schema=constraint.schema) as batch:
        batch.drop_constraint(constraint.name, type_=constraint.type_)


FORMS: Mapping[type, Callable[[Operations, Any], None]] = {
    CreateCheckConstraint: _create_check_constraint,
    CreateForeignKey: _create_foreign_key,
    CreateIndex: _create_index,
    CreatePrimaryKey: _create_primary_key,
    CreateUniqueConstraint: _create_unique_constraint,
    DropConstraint: _drop_constraint,
    DropIndex: _drop_index,
}
