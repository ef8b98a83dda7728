"""ADD COLUMN of a domain with constraints writes the whole table anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.hazards.new_columns import rewriting_columns
from midflight.sql.names import Name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight
    from midflight.sql.changes import AddColumn


def check(sight: Sight) -> Iterator[Harm]:
    """See a new column of a live table whose type is a domain with a CHECK or NOT NULL."""
    for added in rewriting_columns(sight):
        if sight.is_constrained_domain(_type_of(added)):
            yield Harm(str(added.table), _message(added), advice=_ADVICE)


def _type_of(added: AddColumn) -> Name:
    schema, _, name = added.column.type.rpartition(".")
    return Name(schema or None, name)


def _message(added: AddColumn) -> str:
    return (
        f"The type of the new column {added.column.name} is the domain {added.column.type}, and PostgreSQL proves its "
        f"constraints row by row, even where all values are NULL: for that {added.table} is written anew, with its "
        f"indexes, under an ACCESS EXCLUSIVE lock. Until that is done and the transaction ends, every query on "
        f"{added.table} waits, reads too. The wait grows with the table's rows."
    )


_ADVICE = (
    "Add the column with the type that the domain stands for, and the domain's CHECK as one of the table, NOT VALID; "
    "validate it in a later transaction."
)

_SETUP = (
    "CREATE TABLE users (id int PRIMARY KEY); CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%');"
    "CREATE DOMAIN title AS varchar(40);"
)

HAZARD = Hazard(
    id="constrained-domain-rewrites",
    title="A new column of a domain with constraints rewrites the table",
    severity=Severity.ERROR,
    effect="ADD COLUMN of such a type writes the table anew under ACCESS EXCLUSIVE: every query on it waits.",
    safe_form="A column of the plain type, with the CHECK as one of the table: NOT VALID first, validated later.",
    source_url="https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES",
    check=check,
    dangerous=(
        Example(setup=_SETUP, revision="ALTER TABLE users ADD COLUMN mail email;"),
        Example(
            setup="CREATE TABLE users (id int PRIMARY KEY);",
            revision="CREATE DOMAIN age AS int CHECK (VALUE >= 0); ALTER TABLE users ADD COLUMN age age DEFAULT 0;",
        ),
    ),
    safe=(
        Example(setup=_SETUP, revision="ALTER TABLE users ADD COLUMN name title;"),
        Example(
            setup=_SETUP,
            revision="ALTER TABLE users ADD COLUMN mail text;"
            "ALTER TABLE users ADD CONSTRAINT is_mail CHECK (mail LIKE '%@%') NOT VALID;",
        ),
        Example(setup=_SETUP, revision="CREATE TABLE guests (mail email);"),
    ),
)
