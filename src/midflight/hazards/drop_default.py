"""DROP DEFAULT takes away the value on which the running code's INSERTs count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.added_columns import is_new_column
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.sql.changes import DropExpression, SetDefault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight


def check(sight: Sight) -> Iterator[Harm]:
    """See a column of a live table that loses its default, or the expression that generates it.

    One that is new, or that has none, loses nothing.
    """
    for change in sight.changes(SetDefault):
        known = sight.table(change.table).columns.get(change.column)
        had_one = known is None or known.default is not None
        is_old = not is_new_column(change.table, change.column, sight)
        if change.default is None and had_one and is_old and sight.concerns_live_table(change.table):
            required = known is not None and known.not_null
            yield Harm(str(change.table), _message(change, required=required), advice=_advice(change))
    for dropped in sight.changes(DropExpression):
        is_old = not is_new_column(dropped.table, dropped.column, sight)
        if is_old and sight.concerns_live_table(dropped.table):
            required = sight.table(dropped.table).is_never_null(dropped.column)
            yield Harm(str(dropped.table), _message(dropped, required=required), advice=_advice(dropped))


def _message(change: SetDefault | DropExpression, *, required: bool) -> str:
    instead = "fails, since the column is NOT NULL" if required else "writes NULL in its place"
    return (
        f"From the moment this commits, each INSERT of a running instance that leaves out {change.table}."
        f"{change.column}, because the database fills it in, {instead}."
    )


def _advice(change: SetDefault | DropExpression) -> str:
    return (
        f"First release code that gives {change.column} in every INSERT; drop the default when no older instance runs "
        "any more."
    )


HAZARD = Hazard(
    id="drop-default",
    title="DROP DEFAULT breaks INSERTs that leave the column out",
    severity=Severity.WARNING,
    effect="INSERTs of the running release that leave the column out write NULL, or fail where that is not allowed.",
    safe_form="First release code that gives the value itself; drop the default when no older instance runs any more.",
    source_url="https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-DROP-DEFAULT",
    check=check,
    breaks_old_code=True,
    dangerous=(
        Example(
            setup="CREATE TABLE users (id int PRIMARY KEY, locale text NOT NULL DEFAULT 'en');",
            revision="ALTER TABLE users ALTER COLUMN locale DROP DEFAULT;",
        ),
        Example(
            setup="CREATE TABLE users (id int PRIMARY KEY, locale text DEFAULT 'en');",
            revision="ALTER TABLE users ALTER COLUMN locale DROP DEFAULT;",
        ),
        Example(
            setup="CREATE TABLE users (id int PRIMARY KEY, name text, low text GENERATED ALWAYS AS (name) STORED)",
            revision="ALTER TABLE users ALTER COLUMN low DROP EXPRESSION;",
        ),
    ),
    safe=(
        Example(
            setup="CREATE TABLE users (id int PRIMARY KEY, locale text DEFAULT 'en');",
            revision="ALTER TABLE users ALTER COLUMN locale SET DEFAULT 'de';",
        ),
        Example(
            setup="CREATE TABLE users (id int PRIMARY KEY, locale text);",
            revision="ALTER TABLE users ALTER COLUMN locale DROP DEFAULT;",
        ),
        Example(
            setup="CREATE TABLE users (id int PRIMARY KEY);",
            revision="ALTER TABLE users ADD COLUMN locale text DEFAULT 'en';"
            "ALTER TABLE users ALTER COLUMN locale DROP DEFAULT;",
        ),
    ),
)
