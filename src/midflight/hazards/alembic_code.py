"""Writes Alembic code to paste into a revision. It runs on Alembic alone, without Midflight."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from midflight.pg.identifiers import quote_identifier

if TYPE_CHECKING:
    from midflight.sql.changes import Column
    from midflight.sql.names import Name

NEXT_REVISION = "# in the next revision, in a transaction of its own (transaction_per_migration=True):"

_BIND = re.compile(r"(?<![:\w\\]):(\w+)")
"""What SQLAlchemy's ``text()``, which ``op.execute`` uses, takes for a bind parameter."""


def execute(sql: str) -> str:
    """Write ``op.execute`` of a statement."""
    return f"op.execute({escaped(sql)})"


def alter_table(table: Name, *commands: str) -> str:
    """Write ALTER TABLE with its commands as ``op.execute``."""
    return execute(f"ALTER TABLE {table.sql} {', '.join(commands)}")


def add_plain_column(table: Name, column: Column) -> str:
    """Write ADD COLUMN without default and constraints, which is quick whatever the table holds."""
    return alter_table(table, f"ADD COLUMN {quote_identifier(column.name)} {column.plain_type}")


def add_then_validate(table: Name, name: str, definition: str) -> str:
    """Write a constraint's addition, NOT VALID, and its validation in the next revision."""
    quoted = quote_identifier(name)
    return lines(
        alter_table(table, f"ADD CONSTRAINT {quoted} {definition} NOT VALID"),
        NEXT_REVISION,
        alter_table(table, f"VALIDATE CONSTRAINT {quoted}"),
    )


def call(function: str, *arguments: object, **keywords: object) -> str:
    """Write a call of an operation such as ``op.create_index``; keywords that are None or False are left out."""
    named = (f"{name}={_value(value)}" for name, value in keywords.items() if value is not None and value is not False)
    return f"{function}({', '.join([*map(_value, arguments), *named])})"


def outside_transaction(*lines: str) -> str:
    """Write lines that Alembic runs outside of any transaction."""
    return "\n".join(["with op.get_context().autocommit_block():", *(f"    {line}" for line in lines)])


def lines(*parts: str) -> str:
    """Join lines of code."""
    return "\n".join(parts)


def escaped(sql: str, *parameters: str) -> str:
    """Write SQL as a Python string for SQLAlchemy's ``text()``; a word after a colon is only meant if it is named."""
    return _literal(_BIND.sub(lambda found: found[0] if found[1] in parameters else f"\\{found[0]}", sql))


def _value(value: object) -> str:
    if isinstance(value, str):
        return _literal(value)
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_value, value))}]"
    return repr(value)


def _literal(text: str) -> str:
    return repr(text) if '"' in text else json.dumps(text, ensure_ascii=False)
