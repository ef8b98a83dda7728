"""A column that one revision adds and makes required, so that the running code's INSERTs fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.added_columns import adding_statement
from midflight.hazards.fix import NEXT, execute, lines
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.sql.changes import SetDefault, SetNotNull

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight
    from midflight.hazards.fix import Fix


def check(sight: Sight) -> Iterator[Harm]:
    """See the statement after which a column that this revision added is NOT NULL and has no default."""
    for change in sight.statement.changes:
        if isinstance(change, SetNotNull | SetDefault) and sight.concerns_live_table(change.table):
            adding = adding_statement(change.table, change.column, sight)
            if adding and _leaves_it_bare(change, sight) and not _gets_default_later(change, sight):
                yield Harm(str(change.table), _message(change), _fix(change, adding))


def _leaves_it_bare(change: SetNotNull | SetDefault, sight: Sight) -> bool:
    known = sight.table(change.table).columns[change.column]
    if isinstance(change, SetNotNull):
        return known.default is None
    return change.default is None and known.not_null


def _gets_default_later(change: SetNotNull | SetDefault, sight: Sight) -> bool:
    return any(
        later.column == change.column and later.table.may_be(change.table) and later.default is not None
        for other in sight.later
        for later in other.changes(SetDefault)
    )


def _message(change: SetNotNull | SetDefault) -> str:
    return (
        f"{change.table}.{change.column} is new here, and is left NOT NULL without a default. Running instances do not "
        "know the column, so from the moment this commits each of their INSERTs fails."
    )


def _fix(change: SetNotNull | SetDefault, adding: Sight) -> Fix:
    return lines(
        f"as it was added, and as it stays until the release that writes {change.column} is everywhere:",
        execute(adding.statement.text),
        NEXT,
        "fill the older rows in batches, and make it NOT NULL as set-not-null-scans tells; then drop the default",
    )


_TABLE = "CREATE TABLE users (id int PRIMARY KEY);"
_BACKFILL = "UPDATE users SET locale = 'en' WHERE id = 1;"

HAZARD = Hazard(
    id="add-not-null-without-default",
    title="A new column becomes required at once",
    severity=Severity.ERROR,
    effect="Running instances do not know the new column; with NOT NULL and no default each of their INSERTs fails.",
    safe_form="Leave it without NOT NULL, or with a default, until the code that writes it is everywhere.",
    source_url="https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-NOT-NULL",
    check=check,
    dangerous=(
        Example(
            setup=_TABLE,
            revision="ALTER TABLE users ADD COLUMN locale text NOT NULL DEFAULT 'en';"
            "ALTER TABLE users ALTER COLUMN locale DROP DEFAULT;",
        ),
        Example(
            setup=_TABLE,
            revision="ALTER TABLE users ADD COLUMN locale text;"
            + _BACKFILL
            + "ALTER TABLE users ALTER COLUMN locale SET NOT NULL;",
            also=("set-not-null-scans",),
        ),
    ),
    safe=(
        Example(
            setup=_TABLE,
            revision="ALTER TABLE users ADD COLUMN locale text NOT NULL DEFAULT 'en';"
            "ALTER TABLE users ALTER COLUMN locale DROP DEFAULT;"
            "ALTER TABLE users ALTER COLUMN locale SET DEFAULT 'de';",
        ),
        Example(setup=_TABLE, revision="ALTER TABLE users ADD COLUMN locale text NOT NULL DEFAULT 'en';"),
        Example(
            setup="",
            revision="CREATE TABLE users (id int); ALTER TABLE users ADD COLUMN locale text;"
            "ALTER TABLE users ALTER COLUMN locale SET NOT NULL;",
        ),
    ),
)
