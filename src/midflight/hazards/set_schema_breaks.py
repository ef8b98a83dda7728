"""SET SCHEMA leaves the code that names the old place without its table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.fix import execute, in_one_transaction, lines
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.hazards.old_names import view_takes
from midflight.sql.changes import SetSchema
from midflight.sql.names import Name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight
    from midflight.hazards.fix import Fix


def check(sight: Sight) -> Iterator[Harm]:
    """See a live table or view that moves to another schema, and no view that stays in its old place."""
    for move in sight.changes(SetSchema):
        if sight.concerns_live_table(move.table) and not view_takes(move.table, sight):
            yield Harm(str(move.table), _message(move), _fix(move, sight))


def _message(move: SetSchema) -> str:
    return (
        f"Code that finds {move.table} where it is now fails from the moment this commits; code that looks for it in "
        f"{move.schema} fails until then. While a release is rolled out both run, so one of them fails, unless each "
        "has both schemas in its search_path."
    )


def _fix(move: SetSchema, sight: Sight) -> Fix:
    new = Name(move.schema, move.table.name)
    return lines(
        "in one transaction; a view of one table can be read and written like it:",
        in_one_transaction(
            execute(sight.statement.text),
            execute(f"CREATE VIEW {move.table.sql} AS SELECT * FROM {new.sql}"),  # noqa: S608 -- quoted; and for a person
        ),
        "drop the view when no instance of the older release runs any more",
    )


_TABLE = "CREATE SCHEMA archive; CREATE TABLE users (id int PRIMARY KEY);"

HAZARD = Hazard(
    id="set-schema-breaks",
    title="Moving a table to another schema breaks the code that finds it in the old one",
    severity=Severity.ERROR,
    effect="While old and new code run side by side, one of them looks for the table where it is not.",
    safe_form="Move it and create a view in its old place in one transaction; drop the view a release later.",
    source_url="https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-SCHEMA",
    check=check,
    breaks_old_code=True,
    dangerous=(Example(setup=_TABLE, revision="ALTER TABLE users SET SCHEMA archive;"),),
    safe=(
        Example(
            setup=_TABLE,
            revision="ALTER TABLE users SET SCHEMA archive; CREATE VIEW users AS SELECT * FROM archive.users;",
        ),
        Example(setup=_TABLE, revision="CREATE TABLE copies (id int); ALTER TABLE copies SET SCHEMA archive;"),
    ),
)
