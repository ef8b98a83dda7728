"""A new collation for a column builds its indexes anew while nobody else may touch the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.fix import alter_table, lines
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.pg.identifiers import quote_identifier
from midflight.sql.changes import AlterColumnType
from midflight.sql.type_changes import changes_collation_alone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight
    from midflight.hazards.fix import Fix


def check(sight: Sight) -> Iterator[Harm]:
    """See a column of a live table that gets another collation; where no index is on it, nothing is built."""
    for change in sight.changes(AlterColumnType):
        builds = sight.scanned(change.table) if sight.observed else True  # an index is built by a scan of its table
        known = sight.table(change.table).columns.get(change.column)
        if builds and sight.concerns_live_table(change.table) and known and changes_collation_alone(change, known.type):
            yield Harm(str(change.table), _message(change), _fix(change))


def _message(change: AlterColumnType) -> str:
    return (
        f"The new collation of {change.column} orders it differently, so each index on it is built anew under an "
        f"ACCESS EXCLUSIVE lock on {change.table}: until that is done and the transaction ends, every query on "
        f"{change.table} waits, reads too. The wait grows with the table's rows."
    )


def _fix(change: AlterColumnType) -> Fix:
    new = f"{change.column}_new"
    return lines(
        "where only some queries need the order, say it in them, and build an index for them CONCURRENTLY:",
        f"    ORDER BY {change.column} COLLATE {change.collation}",
        "else a second column in place of a change of the first:",
        alter_table(change.table, f"ADD COLUMN {quote_identifier(new)} {change.type} COLLATE {_quoted(change)}"),
        f"then, each a release of its own: the application writes {change.column} and {new}; older rows",
        "are filled in batches; indexes are built CONCURRENTLY; the application reads the new column",
    )


def _quoted(change: AlterColumnType) -> str:
    return ".".join(quote_identifier(part) for part in (change.collation or "").split("."))


_TABLE = "CREATE TABLE users (id int PRIMARY KEY, email varchar(80)); CREATE INDEX ix_email ON users (email);"

HAZARD = Hazard(
    id="alter-collation",
    title="Another collation builds the column's indexes anew under lock",
    severity=Severity.ERROR,
    effect="Each index on the column is built anew under ACCESS EXCLUSIVE: every query on the table waits.",
    safe_form="COLLATE in the queries that need it, with an index of theirs; or a second column.",
    source_url="https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES",
    check=check,
    dangerous=(
        Example(setup=_TABLE, revision='ALTER TABLE users ALTER COLUMN email TYPE varchar(80) COLLATE "C";'),
        Example(setup=_TABLE, revision='ALTER TABLE users ALTER COLUMN email TYPE text COLLATE "C";'),
    ),
    safe=(
        Example(setup=_TABLE, revision="ALTER TABLE users ALTER COLUMN email TYPE text;"),
        Example(
            setup=_TABLE,
            revision='CREATE INDEX CONCURRENTLY ix_email_c ON users (email COLLATE "C");',
            autocommit=True,
        ),
    ),
)
