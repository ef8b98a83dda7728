"""ALTER COLUMN TYPE mostly writes the whole table anew while nobody else may touch it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.alembic_code import call
from midflight.hazards.fix import alter_table, lines
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.hazards.phased_form import in_phases
from midflight.hazards.recreated_enums import is_to_recreated_enum
from midflight.pg.identifiers import quote_identifier
from midflight.sql.changes import AlterColumnType
from midflight.sql.type_changes import changes_collation_alone, keeps_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight
    from midflight.hazards.fix import Fix


def check(sight: Sight) -> Iterator[Harm]:
    """See a change of type that rewrites or reads a live table, or builds its indexes anew."""
    for change in sight.changes(AlterColumnType):
        if sight.concerns_live_table(change.table) and not _is_told_by_another(change, sight):
            work = _work(change, sight)
            if work:
                yield Harm(str(change.table), _message(change, work), _fix(change))


def _is_told_by_another(change: AlterColumnType, sight: Sight) -> bool:
    old = _old_type(change, sight)
    return (old is not None and changes_collation_alone(change, old)) or is_to_recreated_enum(change, sight)


def _work(change: AlterColumnType, sight: Sight) -> str | None:
    """Say what the change does to the table; None where it only changes the catalog."""
    old = _old_type(change, sight)
    if sight.observed:
        is_alone = len(sight.statement.changes) == 1
        return _observed_work(change, sight) if is_alone or old is None or not _keeps_rows(change, old) else None
    if old is None:
        return "may write it anew (that follows from the type that it has now, which is not known here)"
    return None if _keeps_rows(change, old) else "writes it anew, or at least reads it whole"


def _observed_work(change: AlterColumnType, sight: Sight) -> str | None:
    if sight.rewrote(change.table):
        return "writes it anew, with its indexes"
    return "reads every row of it" if sight.scanned(change.table) else None


def _keeps_rows(change: AlterColumnType, old: str) -> bool:
    return keeps_rows(old, change.type) and (change.using is None or change.using.column == change.column)


def _old_type(change: AlterColumnType, sight: Sight) -> str | None:
    known = sight.table(change.table).columns.get(change.column)
    return (known.type or None) if known else None


def _message(change: AlterColumnType, work: str) -> str:
    return (
        f"Changing {change.column} to {change.type} locks {change.table} (ACCESS EXCLUSIVE) and {work}: until that is "
        f"done and the transaction ends, every query on {change.table} waits, reads too. The wait grows with the "
        "table's rows."
    )


def _fix(change: AlterColumnType) -> Fix:
    new = f"{change.column}_new"
    return lines(
        _phases(change),
        "a second column in place of a change of the first:",
        alter_table(change.table, f"ADD COLUMN {quote_identifier(new)} {change.type}"),
        f"then, each a release of its own: the application writes {change.column} and {new};",
        "older rows are filled in batches; the application reads the new column; the old one is dropped",
    )


def _phases(change: AlterColumnType) -> Fix:
    table = change.table
    code = call("op.change_type", table.name, change.column, schema=table.schema, phase="expand")
    return in_phases(f"{code[:-1]}, type_=new_type)", "change_type", str(table), change.column, change.type)


HAZARD = Hazard(
    id="change-type-rewrites",
    title="Changing a column's type rewrites the table under lock",
    severity=Severity.ERROR,
    effect="ALTER COLUMN TYPE mostly writes table and indexes anew under ACCESS EXCLUSIVE: every query on it waits.",
    safe_form="Add a column of the new type, write both, fill the old rows in batches, switch, drop the old column.",
    source_url="https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES",
    check=check,
    dangerous=(
        Example(
            setup="CREATE TABLE orders (id int PRIMARY KEY, total int);",
            revision="ALTER TABLE orders ALTER COLUMN total TYPE bigint;",
        ),
        Example(
            setup="CREATE TABLE orders (id int PRIMARY KEY, note varchar(40));",
            revision="ALTER TABLE orders ALTER COLUMN note TYPE varchar(20);",
            also=("lossy-type-change",),
        ),
        Example(
            setup="CREATE TABLE orders (id int PRIMARY KEY, total numeric(8, 2));",
            revision="ALTER TABLE orders ALTER COLUMN total TYPE numeric(10, 3);",
        ),
        Example(
            setup="CREATE TABLE orders (id int PRIMARY KEY, note text);",
            revision="ALTER TABLE orders ALTER COLUMN note TYPE text USING lower(note);",
        ),
    ),
    safe=(
        Example(
            setup="CREATE TABLE orders (id int PRIMARY KEY, note varchar(20));",
            revision="ALTER TABLE orders ALTER COLUMN note TYPE varchar(40);"
            "ALTER TABLE orders ALTER COLUMN note TYPE varchar;"
            "ALTER TABLE orders ALTER COLUMN note TYPE text USING note::text;",
        ),
        Example(
            setup="CREATE TABLE orders (id int PRIMARY KEY, total numeric(8, 2));",
            revision="ALTER TABLE orders ALTER COLUMN total TYPE numeric(10, 2);"
            "ALTER TABLE orders ALTER COLUMN total TYPE numeric;",
        ),
        Example(
            setup="CREATE TABLE orders (id int PRIMARY KEY, paid timestamp(3) with time zone);",
            revision="ALTER TABLE orders ALTER COLUMN paid TYPE timestamptz(6);"
            "ALTER TABLE orders ALTER COLUMN paid TYPE timestamptz;",
        ),
    ),
)
