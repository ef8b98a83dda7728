"""A stored generated column is computed for every row at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.fix import add_plain_column, lines
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.hazards.new_columns import rewrite_message, rewriting_columns
from midflight.sql.changes import SetExpression

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight
    from midflight.hazards.fix import Fix
    from midflight.sql.changes import AddColumn


def check(sight: Sight) -> Iterator[Harm]:
    """See a live table whose rows are all computed anew, for a new column or for a new expression of one."""
    for added in rewriting_columns(sight):
        if added.column.generated == "stored":
            yield Harm(str(added.table), rewrite_message(added, "is generated and stored"), _fix(added))
    for change in sight.changes(SetExpression):
        rewrites = sight.rewrote(change.table) if sight.observed else True
        if rewrites and sight.concerns_live_table(change.table):
            yield Harm(str(change.table), _message_of_expression(change), advice=_ADVICE)


def _message_of_expression(change: SetExpression) -> str:
    return (
        f"The stored column {change.column} gets a new expression, so each row is computed and {change.table} written "
        "anew, with its indexes, under an ACCESS EXCLUSIVE lock. Until that is done and the transaction ends, every "
        f"query on {change.table} waits, reads too. The wait grows with the table's rows."
    )


def _fix(added: AddColumn) -> Fix:
    return lines(
        add_plain_column(added.table, added.column),
        "then let a trigger or the application write it, and fill the older rows in batches",
    )


_ADVICE = (
    "Add a plain column beside it, let a trigger or the application write that one, fill the older rows in batches, "
    "read from it, and drop the generated column."
)

_TABLE = "CREATE TABLE users (id int PRIMARY KEY, name text);"

HAZARD = Hazard(
    id="generated-column-rewrites",
    title="A stored generated column rewrites the table",
    severity=Severity.ERROR,
    effect="A stored generated column is computed for each row under ACCESS EXCLUSIVE: every query on the table waits.",
    safe_form="Add a plain column, let a trigger or the application write it, and fill the older rows in batches; or, "
    "from PostgreSQL 18 on, make it VIRTUAL.",
    source_url="https://www.postgresql.org/docs/current/ddl-generated-columns.html",
    check=check,
    dangerous=(
        Example(
            setup=_TABLE, revision="ALTER TABLE users ADD COLUMN small text GENERATED ALWAYS AS (lower(name)) STORED;"
        ),
    ),
    safe=(
        Example(setup=_TABLE, revision="ALTER TABLE users ADD COLUMN small text;"),
        Example(setup=_TABLE, revision="CREATE INDEX CONCURRENTLY ON users (lower(name));", autocommit=True),
        Example(
            setup="",
            revision="CREATE TABLE users (name text);"
            "ALTER TABLE users ADD COLUMN small text GENERATED ALWAYS AS (lower(name)) STORED;",
        ),
    ),
)
