"""Enums, which Alembic does not compare: made before their first use, extended, dropped after their last."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from alembic.operations import ops
from sqlalchemy import ARRAY, Column, Enum, TypeDecorator
from sqlalchemy.dialects import postgresql

from midflight.bridge.autogenerate.call import Call, Comment
from midflight.bridge.autogenerate.types import POSTGRESQL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from alembic.operations.ops import MigrateOperation
    from sqlalchemy import Connection, MetaData
    from sqlalchemy.types import TypeEngine

_CHANGE_TYPES = frozenset({"alter_column_type", "change_type"})
EnumKey = tuple[str | None, str]
"""Its schema, None where the search path finds it, and its name."""


@dataclass(frozen=True, slots=True)
class DatabaseEnum:
    """An enum that is there."""

    labels: tuple[str, ...]
    columns: int
    """How many columns have it."""


@dataclass(frozen=True, slots=True)
class EnumChanges:
    """What comes before and after all else, in either direction."""

    before: tuple[MigrateOperation, ...] = ()
    after: tuple[MigrateOperation, ...] = ()
    before_back: tuple[MigrateOperation, ...] = ()
    after_back: tuple[MigrateOperation, ...] = ()


def read_enums(connection: Connection) -> dict[EnumKey, DatabaseEnum]:
    """Read the enums of a database, those on the search path under their bare names, too."""
    found: dict[EnumKey, DatabaseEnum] = {}
    for schema, name, is_visible, labels, columns in connection.exec_driver_sql(_query()):
        enum = DatabaseEnum(tuple(labels), columns)
        found[schema, name] = enum
        if is_visible:
            found[None, name] = enum
    return found


def enums_of_models(metadata: Iterable[MetaData]) -> dict[EnumKey, tuple[str, ...]]:
    """Return the enums that the models' columns have, with their labels."""
    columns = (column for one in metadata for table in one.tables.values() for column in table.columns)
    enums = (enum for column in columns if (enum := enum_in(column.type)))
    return {_key(enum): tuple(enum.enums) for enum in enums}


def enum_changes(
    directives: Sequence[MigrateOperation],
    models: Mapping[EnumKey, tuple[str, ...]],
    database: Mapping[EnumKey, DatabaseEnum],
) -> EnumChanges:
    """Compare the enums of the models with those of the database, as far as the directives of an upgrade touch them."""
    made = {key: labels for key, labels in _needed(directives).items() if key not in database}
    values = [call for key, labels in models.items() if key in database for call in _added(key, database[key], labels)]
    gone = [key for key in _left(directives, database) if key not in models]
    creations = tuple(_create(key, labels) for key, labels in made.items())
    return EnumChanges(
        before=(*values, *creations),
        after=tuple(_drop(key) for key in gone),
        before_back=tuple(_create(key, database[key].labels) for key in gone),
        after_back=(*(_drop(key) for key in reversed(made)), *map(_no_way_back, values)),
    )


def with_existing_enums(directive: MigrateOperation) -> None:
    """Let the columns of a directive take their enums as they are there: a stock column would create them once more."""
    for column in _columns(directive):
        enum = enum_in(column.type)
        if enum is not None:
            column.type = _replaced(column.type, enum)


def enum_in(type_: TypeEngine[Any]) -> Enum | None:
    """Return the native enum in a type, also inside an array or a decorator; None where there is none."""
    if isinstance(type_, TypeDecorator):
        return enum_in(type_.load_dialect_impl(POSTGRESQL))
    if isinstance(type_, ARRAY):
        return enum_in(type_.item_type)
    return type_ if isinstance(type_, Enum) and type_.native_enum and type_.name else None


class _ExistingEnum(postgresql.ENUM):
    """An enum that is rendered with ``create_type=False``, which SQLAlchemy's own ``repr`` leaves out before 2.1."""

    __module__ = postgresql.ENUM.__module__
    """By which Alembic finds the import that the text wants."""

    def __repr__(self) -> str:
        text = super().__repr__().replace(type(self).__name__, postgresql.ENUM.__name__, 1)
        return text if "create_type=" in text else f"{text.removesuffix(')')}, create_type=False)"


def _replaced(type_: TypeEngine[Any], enum: Enum) -> TypeEngine[Any]:
    existing = _ExistingEnum(*enum.enums, name=enum.name, schema=enum.schema, create_type=False)
    if isinstance(type_, ARRAY):
        return postgresql.ARRAY(existing, dimensions=type_.dimensions)
    return existing if type_ is enum else type_


@cache
def _query() -> str:
    return files(__package__).joinpath("sql", "enums.sql").read_text(encoding="utf-8")


def _key(enum: Enum) -> EnumKey:
    return enum.schema, str(enum.name)


def _needed(directives: Sequence[MigrateOperation]) -> dict[EnumKey, tuple[str, ...]]:
    """Return the enums of the columns that are made or altered."""
    types = [column.type for directive in directives for column in _columns(directive)]
    types += [call.arguments[2] for call in directives if isinstance(call, Call) and call.function in _CHANGE_TYPES]
    return {_key(enum): tuple(enum.enums) for type_ in types if (enum := enum_in(type_))}


def _columns(directive: MigrateOperation) -> Iterator[Column[Any]]:
    match directive:
        case ops.AddColumnOp():
            yield directive.column
        case ops.CreateTableOp():
            yield from (item for item in directive.columns if isinstance(item, Column))


def _left(directives: Sequence[MigrateOperation], database: Mapping[EnumKey, DatabaseEnum]) -> Iterator[EnumKey]:
    """Return the enums all of whose columns are dropped."""
    counts: dict[EnumKey, int] = {}
    for directive in directives:
        for column in _dropped(directive):
            if enum := enum_in(column.type):
                counts[_key(enum)] = counts.get(_key(enum), 0) + 1
    return (key for key, count in counts.items() if key in database and database[key].columns == count)


def _dropped(directive: MigrateOperation) -> Iterator[Column[Any]]:
    match directive:
        case ops.DropColumnOp() if directive._reverse:  # noqa: SLF001 - Alembic keeps the column there alone
            yield directive._reverse.column  # noqa: SLF001 - likewise
        case ops.DropTableOp():
            yield from directive.to_table().columns


def _added(key: EnumKey, there: DatabaseEnum, labels: Sequence[str]) -> Iterator[Call]:
    """Add each missing label behind the one that it follows in the models, or before the first."""
    known = set(there.labels)
    for number, label in enumerate(labels):
        if label not in known:
            place = {"after": labels[number - 1]} if number else {"before": there.labels[0] if there.labels else None}
            yield Call("add_enum_value", (key[1], label), {**place, "schema": key[0]})
            known.add(label)


def _create(key: EnumKey, labels: Sequence[str]) -> Call:
    return Call("create_enum", (key[1], list(labels)), {"schema": key[0]})


def _drop(key: EnumKey) -> Call:
    return Call("drop_enum", (key[1],), {"schema": key[0]})


def _no_way_back(call: Call) -> Comment:
    type_, value = call.arguments
    return Comment(f"PostgreSQL cannot take a value from an enum: {value!r} stays in {type_}", instead=call)
