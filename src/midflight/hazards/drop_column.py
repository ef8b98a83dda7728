"""DROP COLUMN takes away what the running code still names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.added_columns import is_new_column
from midflight.hazards.fix import alter_table, lines
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.hazards.phased_form import CONTRACT
from midflight.pg.identifiers import quote_identifier
from midflight.sql.changes import DropColumn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight
    from midflight.hazards.fix import Fix


def check(sight: Sight) -> Iterator[Harm]:
    """See a column of a live table that is dropped, and that the revision has not added itself."""
    for drop in sight.changes(DropColumn):
        if sight.concerns_live_table(drop.table) and not is_new_column(drop.table, drop.column, sight):
            yield Harm(str(drop.table), _message(drop), _fix(drop))


def _message(drop: DropColumn) -> str:
    cascade = " CASCADE drops the views and foreign keys that hang on it too." if drop.cascade else ""
    return (
        f"From the moment this commits, each query of a running instance that still names {drop.table}.{drop.column} "
        "fails; an ORM names every mapped column in every SELECT and INSERT. The values are gone, and no downgrade "
        "brings them back."
        f"{cascade}"
    )


def _fix(drop: DropColumn) -> Fix:
    return lines(
        f"in a release before this one the code stops naming {drop.column}; where it is NOT NULL without a default,",
        "INSERTs without it need this first:",
        alter_table(drop.table, f"ALTER COLUMN {quote_identifier(drop.column)} DROP NOT NULL"),
        "when no instance of the older release runs any more, this is safe",
        CONTRACT,
    )


HAZARD = Hazard(
    id="drop-column",
    title="Dropping a column breaks the code that still names it",
    severity=Severity.WARNING,
    effect="Instances of the running release fail on every query that names the column; its values are lost.",
    safe_form="First release code that does not name the column; drop it when no older instance runs any more.",
    source_url="https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-DROP-COLUMN",
    check=check,
    breaks_old_code=True,
    dangerous=(
        Example(
            setup="CREATE TABLE users (id int PRIMARY KEY, phone text);",
            revision="ALTER TABLE users DROP COLUMN phone;",
        ),
    ),
    safe=(
        Example(
            setup="CREATE TABLE users (id int PRIMARY KEY, phone text NOT NULL);",
            revision="ALTER TABLE users ALTER COLUMN phone DROP NOT NULL;",
            also=("drop-not-null",),
        ),
        Example(
            setup="CREATE TABLE users (id int PRIMARY KEY);",
            revision="ALTER TABLE users ADD COLUMN scratch text; ALTER TABLE users DROP COLUMN scratch;",
        ),
        Example(
            setup="",
            revision="CREATE TABLE users (id int PRIMARY KEY, phone text); ALTER TABLE users DROP COLUMN phone;",
        ),
    ),
)
