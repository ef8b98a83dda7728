"""An enum that is replaced by a new one rewrites each table that has it, and breaks plans that know the old one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.fix import execute, lines, outside_transaction
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.hazards.recreated_enums import created_enum, is_to_recreated_enum, lasting_name
from midflight.pg.identifiers import quote_literal
from midflight.sql.changes import AlterColumnType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight
    from midflight.hazards.fix import Fix


def check(sight: Sight) -> Iterator[Harm]:
    """See a column of a live table that goes to an enum which takes the place of its own."""
    for change in sight.changes(AlterColumnType):
        if sight.concerns_live_table(change.table) and is_to_recreated_enum(change, sight):
            yield Harm(str(change.table), _message(change), _fix(change, sight))


def _message(change: AlterColumnType) -> str:
    return (
        f"The enum of {change.column} is made anew, so {change.table} is written anew, with its indexes, under an "
        f"ACCESS EXCLUSIVE lock: until that is done and the transaction ends, every query on {change.table} waits, "
        "reads too. The wait grows with the table's rows. After it, each open connection that has a prepared "
        "statement with the old type fails once, and a row with a label that the new one has not makes the statement "
        "fail."
    )


def _fix(change: AlterColumnType, sight: Sight) -> Fix:
    created = created_enum(change, sight)
    if created is None:
        return ()
    name = lasting_name(created, sight).sql
    add = (
        f"ALTER TYPE {name} ADD VALUE IF NOT EXISTS {quote_literal(label).strip()}" for label in created.labels or ()
    )
    return lines(
        "labels can be added to the enum as it is, which touches no table; those that it has are passed over:",
        outside_transaction(*map(execute, add)),
        "a label that is no longer wanted stays, unused; a CHECK (NOT VALID, validated later) can forbid it",
    )


_TABLE = "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE days (id int PRIMARY KEY, mood mood);"

HAZARD = Hazard(
    id="enum-recreated",
    title="An enum is made anew to change its labels",
    severity=Severity.ERROR,
    effect="Each table that has the enum is rewritten under ACCESS EXCLUSIVE, and prepared statements break once.",
    safe_form="ALTER TYPE ... ADD VALUE for a new label; an unwanted one stays, unused.",
    source_url="https://www.postgresql.org/docs/current/sql-altertype.html",
    check=check,
    dangerous=(
        Example(
            setup=_TABLE,
            revision="ALTER TYPE mood RENAME TO mood_old; CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');"
            "ALTER TABLE days ALTER COLUMN mood TYPE mood USING mood::text::mood; DROP TYPE mood_old;",
        ),
        Example(
            setup=_TABLE,
            revision="CREATE TYPE mood_new AS ENUM ('sad', 'happy');"
            "ALTER TABLE days ALTER COLUMN mood TYPE mood_new USING mood::text::mood_new; DROP TYPE mood;"
            "ALTER TYPE mood_new RENAME TO mood;",
        ),
    ),
    safe=(
        Example(setup=_TABLE, revision="ALTER TYPE mood ADD VALUE 'happy';"),
        Example(
            setup=_TABLE,
            revision="CREATE TYPE size AS ENUM ('s', 'l'); ALTER TABLE days ADD COLUMN size size;",
        ),
    ),
)
