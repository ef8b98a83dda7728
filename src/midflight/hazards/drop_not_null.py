"""DROP NOT NULL lets values appear that the running code has never met."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.added_columns import is_new_column
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.sql.changes import DropNotNull

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight


def check(sight: Sight) -> Iterator[Harm]:
    """See a column of a live table that may be NULL from now on; one that is new or could be NULL before is none."""
    for change in sight.changes(DropNotNull):
        known = sight.table(change.table).columns.get(change.column)
        is_old = not is_new_column(change.table, change.column, sight)
        if is_old and (known is None or known.not_null) and sight.concerns_live_table(change.table):
            yield Harm(str(change.table), _message(change), advice=_advice(change))


def _message(change: DropNotNull) -> str:
    return (
        f"From the first NULL that the new code writes into {change.table}.{change.column}, running instances of the "
        "older release read a value that they do not expect: a None where their types and their templates have none."
    )


def _advice(change: DropNotNull) -> str:
    return (
        f"First release code that can read a NULL in {change.column}; write one only when no older instance runs any "
        "more. As the step before the column is dropped it is right: then the release that no longer names the column "
        "follows."
    )


HAZARD = Hazard(
    id="drop-not-null",
    title="DROP NOT NULL surprises the code that reads the column",
    severity=Severity.WARNING,
    effect="Instances of the running release read NULL in a column that never held one.",
    safe_form="First release code that can read NULL; write the first NULL when no older instance runs any more.",
    source_url="https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-DROP-NOT-NULL",
    check=check,
    breaks_old_code=True,
    dangerous=(
        Example(
            setup="CREATE TABLE users (id int PRIMARY KEY, phone text NOT NULL);",
            revision="ALTER TABLE users ALTER COLUMN phone DROP NOT NULL;",
        ),
    ),
    safe=(
        Example(
            setup="CREATE TABLE users (id int PRIMARY KEY, phone text);",
            revision="ALTER TABLE users ALTER COLUMN phone DROP NOT NULL;",
        ),
        Example(
            setup="",
            revision="CREATE TABLE users (phone text NOT NULL); ALTER TABLE users ALTER COLUMN phone DROP NOT NULL;",
        ),
    ),
)
