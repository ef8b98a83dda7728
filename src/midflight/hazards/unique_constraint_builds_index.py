"""ADD UNIQUE builds its index while nobody else may touch the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.fix import (
    NEXT,
    add_plain_column,
    alter_table,
    lines,
)
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.hazards.indexes_concurrently import create_concurrently
from midflight.pg.identifiers import quote_identifier
from midflight.sql.changes import AddColumn, AddConstraint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight
    from midflight.hazards.fix import Fix
    from midflight.sql.changes import Constraint
    from midflight.sql.names import Name


def check(sight: Sight) -> Iterator[Harm]:
    """See a unique constraint of a live table, by itself or with a new column, that brings no index along."""
    for table, constraint, fix in _added(sight):
        builds = constraint.kind == "unique" and constraint.using_index is None
        if builds and sight.concerns_live_table(table):
            yield Harm(str(table), _message(table), fix)


def _added(sight: Sight) -> Iterator[tuple[Name, Constraint, Fix]]:
    for added in sight.changes(AddConstraint):
        if added.only and sight.is_partitioned(added.table):
            continue  # it is of no effect before each partition has its own, attached to it
        yield added.table, added.constraint, _fix(added.table, added.constraint)
    for new in sight.changes(AddColumn):
        for constraint in new.column.constraints:
            yield new.table, constraint, lines(add_plain_column(new.table, new.column), _fix(new.table, constraint))


def _message(table: Name) -> str:
    return (
        f"The unique constraint builds its index under an ACCESS EXCLUSIVE lock on {table}: until it is built and the "
        f"transaction ends, every query on {table} waits, reads too. The build reads the whole table, so the wait "
        "grows with its rows."
    )


def _fix(table: Name, constraint: Constraint) -> Fix:
    columns = constraint.columns
    name = constraint.name or "_".join([table.name, *columns, "key"])
    quoted = quote_identifier(name)
    return lines(
        create_concurrently(name, table, columns, unique=True),
        NEXT,
        alter_table(table, f"ADD CONSTRAINT {quoted} UNIQUE USING INDEX {quoted}"),
    )


_TABLE = "CREATE TABLE users (id int PRIMARY KEY, email text);"

HAZARD = Hazard(
    id="unique-constraint-builds-index",
    title="Adding a unique constraint builds its index under lock",
    severity=Severity.ERROR,
    effect="ADD UNIQUE builds an index under ACCESS EXCLUSIVE: every query on the table waits.",
    safe_form="CREATE UNIQUE INDEX CONCURRENTLY, outside of a transaction; then ADD CONSTRAINT ... UNIQUE USING INDEX.",
    source_url="https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-ADD-TABLE-CONSTRAINT-USING-INDEX",
    check=check,
    dangerous=(
        Example(setup=_TABLE, revision="ALTER TABLE users ADD CONSTRAINT uq_users_email UNIQUE (email);"),
        Example(setup=_TABLE, revision="ALTER TABLE users ADD COLUMN phone text UNIQUE;"),
    ),
    safe=(
        Example(
            setup=_TABLE,
            revision="CREATE UNIQUE INDEX CONCURRENTLY uq_users_email ON users (email);"
            "ALTER TABLE users ADD CONSTRAINT uq_users_email UNIQUE USING INDEX uq_users_email;",
            autocommit=True,
        ),
        Example(setup="", revision="CREATE TABLE users (email text); ALTER TABLE users ADD UNIQUE (email);"),
        Example(
            setup="CREATE TABLE users (id int) PARTITION BY RANGE (id);",
            revision="ALTER TABLE ONLY users ADD CONSTRAINT uq_users UNIQUE (id);",
        ),
    ),
)
