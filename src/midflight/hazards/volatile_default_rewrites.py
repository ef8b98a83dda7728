"""ADD COLUMN with a volatile default writes the whole table anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.hazards.new_columns import default_then_fill, rewrite_message, rewriting_columns
from midflight.sql.volatility import NOT_VOLATILE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight
    from midflight.sql.changes import Column


def check(sight: Sight) -> Iterator[Harm]:
    """See a new column of a live table whose default must be asked for each row at once."""
    for added in rewriting_columns(sight):
        function = _volatile_function(added.column)
        if function and added.column.default:
            message = rewrite_message(added, f"has the default {function}()")
            yield Harm(str(added.table), message, default_then_fill(added, added.column.default.text))


def _volatile_function(column: Column) -> str | None:
    functions = column.default.functions if column.default and not column.generated else ()
    return next((name for name in functions if name not in NOT_VOLATILE), None)


_TABLE = "CREATE TABLE users (id int PRIMARY KEY, name text);"

HAZARD = Hazard(
    id="volatile-default-rewrites",
    title="A new column with a volatile default rewrites the table",
    severity=Severity.ERROR,
    effect="ADD COLUMN with a volatile default writes the table anew under ACCESS EXCLUSIVE: every query on it waits.",
    safe_form="Add the column without a default, then SET DEFAULT for new rows, then fill the older rows in batches.",
    source_url="https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES",
    check=check,
    dangerous=(
        Example(setup=_TABLE, revision="ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid();"),
        Example(
            setup=_TABLE, revision="ALTER TABLE users ADD COLUMN seen timestamptz NOT NULL DEFAULT clock_timestamp();"
        ),
    ),
    safe=(
        Example(
            setup=_TABLE,
            revision="ALTER TABLE users ADD COLUMN token uuid;"
            "ALTER TABLE users ALTER COLUMN token SET DEFAULT gen_random_uuid();",
        ),
        Example(setup=_TABLE, revision="ALTER TABLE users ADD COLUMN made timestamptz NOT NULL DEFAULT now();"),
        Example(
            setup=_TABLE, revision="ALTER TABLE users ADD COLUMN made timestamp DEFAULT (now() AT TIME ZONE 'utc');"
        ),
        Example(setup=_TABLE, revision="ALTER TABLE users ADD COLUMN day date NOT NULL DEFAULT CURRENT_DATE;"),
    ),
)
