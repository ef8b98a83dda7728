"""SET NOT NULL looks at every row while nobody else may touch the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.fix import AND_THEN, NEXT, alter_table, lines
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.pg.identifiers import quote_identifier
from midflight.sql.changes import AddConstraint, DropNotNull, SetNotNull

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight
    from midflight.hazards.fix import Fix
    from midflight.sql.names import Name

_NOT_VALID_NOT_NULL = 18
"""The first major version whose NOT NULL constraints can be NOT VALID."""


def check(sight: Sight) -> Iterator[Harm]:
    """See a live table that is read because a column becomes NOT NULL; a valid CHECK spares that."""
    for table, column in _made_required(sight):
        if sight.concerns_live_table(table) and _scans(sight, table, column):
            yield Harm(str(table), _message(table, column), _fix(table, column, sight.major))


def _made_required(sight: Sight) -> Iterator[tuple[Name, str]]:
    for change in sight.changes(SetNotNull):
        yield change.table, change.column
    for added in sight.changes(AddConstraint):
        if added.constraint.kind == "not null" and not added.constraint.not_valid:
            yield added.table, added.constraint.columns[0]


def _scans(sight: Sight, table: Name, column: str) -> bool:
    """What is known decides where nothing was observed, and where another command of the statement may have read."""
    if sight.observed and (len(sight.statement.changes) == 1 or not sight.scanned(table)):
        return sight.scanned(table)
    return _was_dropped(sight, table, column) or not sight.table(table).is_never_null(column)


def _was_dropped(sight: Sight, table: Name, column: str) -> bool:
    """What is known is from before the revision, which may have let the column hold NULL meanwhile."""
    before = (change for earlier in sight.earlier for change in earlier.changes(DropNotNull))
    return any(change.column == column and change.table.may_be(table) for change in before)


def _message(table: Name, column: str) -> str:
    return (
        f"SET NOT NULL on {column} reads every row of {table} under an ACCESS EXCLUSIVE lock: until it is done and the "
        f"transaction ends, every query on {table} waits, reads too. The wait grows with the table's rows."
    )


def _fix(table: Name, column: str, major: int) -> Fix:
    name, quoted = quote_identifier(f"{table.name}_{column}_not_null"), quote_identifier(column)
    if major >= _NOT_VALID_NOT_NULL:
        return lines(
            alter_table(table, f"ADD CONSTRAINT {name} NOT NULL {quoted} NOT VALID"),
            NEXT,
            alter_table(table, f"VALIDATE CONSTRAINT {name}"),
        )
    return lines(
        alter_table(table, f"ADD CONSTRAINT {name} CHECK ({quoted} IS NOT NULL) NOT VALID"),
        NEXT,
        alter_table(table, f"VALIDATE CONSTRAINT {name}"),
        AND_THEN,
        alter_table(table, f"ALTER COLUMN {quoted} SET NOT NULL"),
        alter_table(table, f"DROP CONSTRAINT {name}"),
    )


_TABLE = "CREATE TABLE users (id int PRIMARY KEY, email text);"
_CHECK = "ALTER TABLE users ADD CONSTRAINT email_given CHECK (email IS NOT NULL) NOT VALID;"

HAZARD = Hazard(
    id="set-not-null-scans",
    title="SET NOT NULL reads every row under lock",
    severity=Severity.ERROR,
    effect="SET NOT NULL reads the whole table under ACCESS EXCLUSIVE: every query on the table waits.",
    safe_form="Add CHECK (... IS NOT NULL) NOT VALID, VALIDATE it later; SET NOT NULL then needs no scan.",
    source_url="https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-DROP-NOT-NULL",
    check=check,
    dangerous=(
        Example(setup=_TABLE, revision="ALTER TABLE users ALTER COLUMN email SET NOT NULL;"),
        Example(setup=_TABLE + _CHECK, revision="ALTER TABLE users ALTER COLUMN email SET NOT NULL;"),
    ),
    safe=(
        Example(
            setup=_TABLE + _CHECK + "ALTER TABLE users VALIDATE CONSTRAINT email_given;",
            revision="ALTER TABLE users ALTER COLUMN email SET NOT NULL;",
        ),
        Example(
            setup=_TABLE + _CHECK,
            revision="ALTER TABLE users VALIDATE CONSTRAINT email_given;"
            "ALTER TABLE users ALTER COLUMN email SET NOT NULL;"
            "ALTER TABLE users DROP CONSTRAINT email_given;",
        ),
        Example(setup=_TABLE, revision="ALTER TABLE users ALTER COLUMN id SET NOT NULL;"),
    ),
)
