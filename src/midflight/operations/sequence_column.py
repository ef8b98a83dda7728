"""A serial or identity column for rows that are there: a sequence gives their numbers, then the identity takes over."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from midflight.operations.change_name import MAXIMUM_NAME_BYTES
from midflight.operations.operation import named
from midflight.operations.same_type import plain_type
from midflight.operations.step import Step, TableLock
from midflight.pg.identifiers import quote_identifier, quote_literal

if TYPE_CHECKING:
    from midflight.operations.add_column import AddColumn
    from midflight.operations.state import State
    from midflight.sql.names import Name

_SEQUENCE_TYPES = frozenset({"smallint", "integer", "bigint"})


def helper_name(operation: AddColumn) -> Name:
    """Name the sequence: as PostgreSQL names that of a serial; for an identity one of our own that goes at the end."""
    name = f"{operation.table}_{operation.column}_seq"
    if operation.identity or len(name.encode()) > MAXIMUM_NAME_BYTES:
        digest = hashlib.sha256(f"{operation.table}.{operation.column}".encode()).hexdigest()[:8]
        name = f"midflight_{operation.column[:30]}_{digest}_seq"
    return named(name, operation.schema)


def sequence_made(operation: AddColumn) -> Step:
    """The sequence; that of a serial goes with its column."""
    name, type_ = helper_name(operation), plain_type(operation.type)
    parts = [f"CREATE SEQUENCE {name.sql}"]
    parts += [f"AS {type_}"] if type_ in _SEQUENCE_TYPES else []
    parts += [operation.sequence_options] if operation.sequence_options else []
    if not operation.identity:
        parts.append(f"OWNED BY {operation.table_name.sql}.{quote_identifier(operation.column)}")
    return Step(
        says=f"create sequence {name}",
        sql=" ".join(parts),
        done=lambda now: now.relation(name) is not None or is_done_before(operation, now),
    )


def given_default(operation: AddColumn) -> Step:
    """New rows get their numbers from it."""
    name, column = helper_name(operation), quote_identifier(operation.column)

    def is_done(now: State) -> bool:
        found = now.column(operation.table_name, operation.column)
        return found is not None and (found.default is not None or found.identity != "")

    return Step(
        says=f"default of {operation.column} ({operation.table_name})",
        sql=f"ALTER TABLE {operation.table_name.sql} ALTER COLUMN {column} "
        f"SET DEFAULT nextval({quote_literal(name.sql)})",
        done=is_done,
        locks=(TableLock(operation.table_name),),
    )


def turned(operation: AddColumn) -> tuple[Step, ...]:
    """In one transaction: the default goes, the identity comes, and goes on where the sequence stands."""
    table, helper, column = operation.table_name, helper_name(operation), quote_identifier(operation.column)
    options = f" ({operation.sequence_options})" if operation.sequence_options else ""
    of_identity = f"pg_get_serial_sequence({quote_literal(table.sql)}, {quote_literal(operation.column)})"

    def is_gone(now: State) -> bool:
        return now.relation(helper) is None and is_done_before(operation, now)

    return (
        Step(
            says=f"{operation.column} becomes an identity ({table})",
            sql=f"ALTER TABLE {table.sql} ALTER COLUMN {column} DROP DEFAULT, "
            f"ALTER COLUMN {column} ADD GENERATED {operation.identity.upper()} AS IDENTITY{options}",
            done=lambda now: is_done_before(operation, now),
            locks=(TableLock(table),),
        ),
        Step(
            says=f"go on counting in {operation.column}",
            sql=f"SELECT setval({of_identity}, last_value, is_called) FROM {helper.sql}",  # noqa: S608 - quoted names alone
            done=is_gone,
        ),
        Step(says=f"drop sequence {helper}", sql=f"DROP SEQUENCE {helper.sql}", done=is_gone),
    )


def is_done_before(operation: AddColumn, now: State) -> bool:
    """Tell whether the identity is there: then nothing of what leads to it is to be done again."""
    found = now.column(operation.table_name, operation.column)
    return found is not None and found.identity != ""
