"""What to send in place of something dangerous, as data: it can be written as Alembic code and as SQL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from midflight.pg.identifiers import quote_identifier

if TYPE_CHECKING:
    from midflight.sql.changes import Column
    from midflight.sql.names import Name


@dataclass(frozen=True, slots=True)
class Remark:
    """A line for the reader, in the words of each form; empty where a form has no use for it."""

    alembic: str
    sql: str


@dataclass(frozen=True, slots=True)
class Send:
    """A statement to send."""

    sql: str
    alembic: str | None = None
    """Alembic's own code for it; None where that is ``op.execute``."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What runs outside of any transaction."""

    parts: Fix


@dataclass(frozen=True, slots=True)
class Together:
    """What must be one transaction; with Alembic a revision is one."""

    parts: Fix


Part = Remark | Send | Outside | Together
Fix = tuple[Part, ...]

NEXT: Fix = (
    Remark(
        "in the next revision, in a transaction of its own (transaction_per_migration=True):",
        "in the next file, in a transaction of its own:",
    ),
)
"""What follows must not share a transaction with what comes before."""

AND_THEN: Fix = (
    Remark("and in the one after it, now without a scan:", "and in the one after it, now without a scan:"),
)
"""What follows is a third step, after another one of ``NEXT``."""

APART: Fix = (
    Remark(
        "two revisions, each in a transaction of its own (transaction_per_migration=True):",
        "two files, each in a transaction of its own:",
    ),
)
"""What the next remark tells must be two transactions."""


def execute(sql: str, *, alembic: str | None = None) -> Fix:
    """Send a statement."""
    return (Send(sql, alembic),)


def alter_table(table: Name, *commands: str) -> Fix:
    """Send ALTER TABLE with its commands."""
    return execute(f"ALTER TABLE {table.sql} {', '.join(commands)}")


def add_plain_column(table: Name, column: Column) -> Fix:
    """Send ADD COLUMN without default and constraints, which is quick whatever the table holds."""
    return alter_table(table, f"ADD COLUMN {quote_identifier(column.name)} {column.plain_type}")


def add_then_validate(table: Name, name: str, definition: str) -> Fix:
    """Send a constraint's addition, NOT VALID, and in another transaction its validation."""
    quoted = quote_identifier(name)
    return lines(
        alter_table(table, f"ADD CONSTRAINT {quoted} {definition} NOT VALID"),
        NEXT,
        alter_table(table, f"VALIDATE CONSTRAINT {quoted}"),
    )


def outside_transaction(*parts: str | Fix) -> Fix:
    """Send what runs outside of any transaction."""
    return (Outside(lines(*parts)),)


def in_one_transaction(*parts: str | Fix) -> Fix:
    """Send what must be one transaction."""
    return (Together(lines(*parts)),)


def lines(*parts: str | Fix) -> Fix:
    """Put parts one after the other; a text is a remark."""
    return tuple(part for given in parts for part in ((Remark(given, given),) if isinstance(given, str) else given))


def lines_of_code(*parts: str) -> str:
    """Join lines of a statement or of Alembic code."""
    return "\n".join(parts)
