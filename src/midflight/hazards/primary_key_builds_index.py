"""ADD PRIMARY KEY builds its index while nobody else may touch the table."""

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
    """See a primary key of a live table that brings no index, or for which the table must be read."""
    for table, constraint, fix in _added(sight):
        if constraint.kind == "primary key" and sight.concerns_live_table(table):
            if constraint.using_index is None:
                yield Harm(str(table), _message(table), fix)
            elif sight.scanned(table):
                yield Harm(str(table), _message_of_scan(table), _FIX_OF_SCAN)


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
        f"The primary key builds its index under an ACCESS EXCLUSIVE lock on {table}, and reads the table once more "
        f"where a column is not yet NOT NULL: until that is done and the transaction ends, every query on {table} "
        "waits, reads too. The wait grows with the table's rows."
    )


def _message_of_scan(table: Name) -> str:
    return (
        f"A column of the primary key is not yet NOT NULL, so every row of {table} is read under an ACCESS EXCLUSIVE "
        f"lock: until that is done and the transaction ends, every query on {table} waits, reads too. The wait grows "
        "with the table's rows."
    )


_FIX_OF_SCAN = lines(
    "first make each column of the key NOT NULL, as set-not-null-scans tells; this statement is quick then"
)


def _fix(table: Name, constraint: Constraint) -> Fix:
    columns = constraint.columns
    name = constraint.name or f"{table.name}_pkey"
    quoted = quote_identifier(name)
    return lines(
        f"{' and '.join(columns)} must be NOT NULL first (see set-not-null-scans)",
        create_concurrently(name, table, columns, unique=True),
        NEXT,
        alter_table(table, f"ADD CONSTRAINT {quoted} PRIMARY KEY USING INDEX {quoted}"),
    )


_TABLE = "CREATE TABLE users (id int NOT NULL, email text);"

HAZARD = Hazard(
    id="primary-key-builds-index",
    title="Adding a primary key builds its index under lock",
    severity=Severity.ERROR,
    effect="ADD PRIMARY KEY builds an index under ACCESS EXCLUSIVE: every query on the table waits.",
    safe_form="Make the columns NOT NULL safely, CREATE UNIQUE INDEX CONCURRENTLY, then PRIMARY KEY USING INDEX.",
    source_url="https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-ADD-TABLE-CONSTRAINT-USING-INDEX",
    check=check,
    dangerous=(
        Example(setup=_TABLE, revision="ALTER TABLE users ADD PRIMARY KEY (id);"),
        Example(setup=_TABLE, revision="ALTER TABLE users ADD CONSTRAINT pk_users PRIMARY KEY (id);"),
    ),
    safe=(
        Example(
            setup=_TABLE,
            revision="CREATE UNIQUE INDEX CONCURRENTLY pk_users ON users (id);"
            "ALTER TABLE users ADD CONSTRAINT pk_users PRIMARY KEY USING INDEX pk_users;",
            autocommit=True,
        ),
        Example(setup="", revision="CREATE TABLE users (id int); ALTER TABLE users ADD PRIMARY KEY (id);"),
        Example(
            setup="CREATE TABLE users (id int NOT NULL) PARTITION BY RANGE (id);",
            revision="ALTER TABLE ONLY users ADD CONSTRAINT pk_users PRIMARY KEY (id);",
        ),
    ),
)
