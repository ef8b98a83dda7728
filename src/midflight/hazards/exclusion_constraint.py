"""ADD EXCLUDE builds its index while nobody else may touch the table, and there is no other way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.sql.changes import AddConstraint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight
    from midflight.sql.names import Name


def check(sight: Sight) -> Iterator[Harm]:
    """See an exclusion constraint that is added to a live table."""
    for added in sight.changes(AddConstraint):
        if added.constraint.kind == "exclusion" and sight.concerns_live_table(added.table):
            yield Harm(str(added.table), _message(added.table), advice=_advice(added.table))


def _message(table: Name) -> str:
    return (
        f"The exclusion constraint builds its index under an ACCESS EXCLUSIVE lock on {table}: until it is built and "
        f"the transaction ends, every query on {table} waits, reads too. The build compares every row with the others, "
        "so the wait grows with the table's rows."
    )


def _advice(table: Name) -> str:
    return (
        "PostgreSQL has no online form of it: an exclusion constraint can be neither NOT VALID nor made from an index. "
        f"Where {table} is small, run it at a quiet time with a short lock_timeout. Where it is not, make a new table "
        "with the constraint, let the application write both, copy the older rows in batches, and switch."
    )


HAZARD = Hazard(
    id="exclusion-constraint",
    title="Adding an exclusion constraint builds its index under lock",
    severity=Severity.ERROR,
    effect="ADD EXCLUDE builds an index under ACCESS EXCLUSIVE: every query on the table waits.",
    safe_form="There is no online form: a new table with the constraint, or a quiet time where the table is small.",
    source_url="https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-EXCLUDE",
    check=check,
    dangerous=(
        Example(
            setup="CREATE TABLE bookings (id int PRIMARY KEY, during tsrange);",
            revision="ALTER TABLE bookings ADD CONSTRAINT no_overlap EXCLUDE USING gist (during WITH &&);",
        ),
    ),
    safe=(
        Example(
            setup="",
            revision="CREATE TABLE bookings (during tsrange);"
            "ALTER TABLE bookings ADD CONSTRAINT no_overlap EXCLUDE USING gist (during WITH &&);",
        ),
        Example(
            setup="",
            revision="CREATE TABLE bookings (during tsrange, EXCLUDE USING gist (during WITH &&));",
        ),
    ),
)
