"""A change of type after which values are cut, rounded or refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.hazards.losses import loss
from midflight.sql.changes import AlterColumnType
from midflight.sql.objects import SetTimeZone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight


def check(sight: Sight) -> Iterator[Harm]:
    """See a column of a live table whose new type holds less; what is not known, or computed anew, is left alone."""
    for change in sight.changes(AlterColumnType):
        known = sight.table(change.table).columns.get(change.column)
        zone_is_stated = any(True for _ in sight.earlier_with(SetTimeZone))
        is_cast = change.using is None or change.using.column == change.column
        is_known = is_cast and known and known.type
        lost = loss(known.type, change.type, zone_is_stated=zone_is_stated) if known and is_known else None
        if known and lost and sight.concerns_live_table(change.table):
            yield Harm(str(change.table), _message(change, known.type, lost), advice=_advice(change))


def _message(change: AlterColumnType, old: str, lost: str) -> str:
    return (
        f"{change.table}.{change.column} goes from {old} to {change.type}: {lost}. What is lost no downgrade brings "
        "back, and running code that writes such values fails from the moment this commits."
    )


def _advice(change: AlterColumnType) -> str:
    return (
        f"First find the rows of {change.table} whose {change.column} does not fit, in production, and mend them. Then "
        "add a column of the new type, write both, fill the older rows in batches, and compare before the old one is "
        "dropped."
    )


HAZARD = Hazard(
    id="lossy-type-change",
    title="A new type that holds less than the old one",
    severity=Severity.WARNING,
    effect="Values that do not fit are cut or rounded, or the statement fails on the first of them.",
    safe_form="Find and mend the rows that do not fit; then a second column, filled in batches and compared.",
    source_url="https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-DATA-TYPE",
    check=check,
    dangerous=(
        Example(
            setup="CREATE TABLE orders (id int PRIMARY KEY, total bigint);",
            revision="ALTER TABLE orders ALTER COLUMN total TYPE int;",
            also=("change-type-rewrites",),
        ),
        Example(
            setup="CREATE TABLE orders (id int PRIMARY KEY, paid timestamptz);",
            revision="ALTER TABLE orders ALTER COLUMN paid TYPE date;",
            also=("change-type-rewrites",),
        ),
        Example(
            setup="CREATE TABLE orders (id int PRIMARY KEY, note text);",
            revision="ALTER TABLE orders ALTER COLUMN note TYPE varchar(20);",
            also=("change-type-rewrites",),
        ),
    ),
    safe=(
        Example(
            setup="CREATE TABLE orders (id int PRIMARY KEY, note varchar(20));",
            revision="ALTER TABLE orders ALTER COLUMN note TYPE varchar(40);",
        ),
        Example(
            setup="CREATE TABLE orders (id int PRIMARY KEY, total int);",
            revision="ALTER TABLE orders ALTER COLUMN total TYPE bigint;",
            also=("change-type-rewrites",),
        ),
    ),
)
