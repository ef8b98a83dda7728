"""The default of a column for the one that takes its place: with its sequence, whose values go on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from midflight.operations.sql_files import load_sql
from midflight.operations.twin_names import temporary_name
from midflight.pg.identifiers import quote_identifier, quote_literal
from midflight.sql.bare_constants import bare_constant
from midflight.sql.names import Name

if TYPE_CHECKING:
    from midflight.operations.state import Column, Sequence

INTEGER_TYPES = frozenset({"smallint", "integer", "bigint"})
_LARGEST = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}


def moved_default(table: Name, old: str, new: str, column: Column, type_: str) -> tuple[str, ...]:
    """Return the statements that give a column the default, the sequence or the identity of another, of another type.

    Args:
        table: theirs.
        old: the column that goes.
        new: the one that takes its place; it must not hold NULL where the old one is an identity.
        column: what the old one is.
        type_: of the new one, as ``format_type`` writes it.
    """
    statements: list[str] = []
    if column.identity and column.sequence is not None:
        statements += _identity(table, new, column, column.sequence)
    elif column.default is not None:
        default = bare_constant(column.default)
        statements.append(f"ALTER TABLE {table.sql} ALTER COLUMN {quote_identifier(new)} SET DEFAULT {default}")
        if column.sequence is not None:
            statements.append(_owned(table, new, column.sequence, type_))
    if column.granted:
        statements.append(copied_grants(table, old, new))
    return tuple(statements)


def copied_grants(table: Name, old: str, new: str) -> str:
    """Return the block that gives a column the privileges of another."""
    return _with_names("grants_of_column", table=table.sql, old=old, new=new)


def renamed_sequence(column: Column) -> tuple[str, ...]:
    """Return the statements that give the new sequence of an identity its name, when the old one is gone."""
    if not column.identity or column.sequence is None:
        return ()
    name, comment = column.sequence.name, column.sequence.comment
    rename = f"ALTER SEQUENCE {_helper(column.sequence).sql} RENAME TO {quote_identifier(name.name)}"
    return (rename, *([f"COMMENT ON SEQUENCE {name.sql} IS {quote_literal(comment)}"] if comment else []))


def _identity(table: Name, new: str, column: Column, sequence: Sequence) -> tuple[str, ...]:
    """No sequence of an identity can change hands: there is a new one, which goes on where the old one is."""
    helper = _helper(sequence)
    identity = f"GENERATED {column.identity.upper()} AS IDENTITY (SEQUENCE NAME {helper.sql} {_options(sequence)})"
    return (
        f"ALTER TABLE {table.sql} ALTER COLUMN {quote_identifier(new)} ADD {identity}",
        f"PERFORM setval({quote_literal(helper.sql)}, last_value, is_called) FROM {sequence.name.sql}",
        *([_with_names("grants_of_sequence", old=sequence.name.sql, new=helper.sql)] if sequence.granted else []),
    )


def _owned(table: Name, new: str, sequence: Sequence, type_: str) -> str:
    as_type = f" AS {type_}" if type_ in _LARGEST and type_ != sequence.type else ""
    return f"ALTER SEQUENCE {sequence.name.sql}{as_type} OWNED BY {table.sql}.{quote_identifier(new)}"


def _options(sequence: Sequence) -> str:
    """A limit that is just that of the old type does not stay."""
    parts = [f"START WITH {sequence.start}", f"INCREMENT BY {sequence.increment}"]
    largest = _LARGEST[sequence.type]
    if sequence.maximum != largest:
        parts.append(f"MAXVALUE {sequence.maximum}")
    if sequence.minimum != -largest - 1:
        parts.append(f"MINVALUE {sequence.minimum}")
    parts.append(f"CACHE {sequence.cache}")
    return " ".join([*parts, *(["CYCLE"] if sequence.cycles else [])])


def _helper(sequence: Sequence) -> Name:
    return Name(sequence.name.schema, temporary_name(sequence.name.name))


def _with_names(file: str, **names: str) -> str:
    return re.sub(r"(?<!:):(\w+)", lambda found: quote_literal(names[found[1]]), load_sql(file).strip())
