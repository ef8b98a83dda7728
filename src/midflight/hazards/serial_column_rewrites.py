"""ADD COLUMN of a serial type numbers every row at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.hazards.new_columns import rewrite_message, rewriting_columns, sequence_then_fill

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight


def check(sight: Sight) -> Iterator[Harm]:
    """See a new column of a live table that is serial, that is: has the default nextval()."""
    for added in rewriting_columns(sight):
        if added.column.is_serial:
            message = rewrite_message(added, f"is {added.column.type}")
            yield Harm(str(added.table), message, sequence_then_fill(added))


_TABLE = "CREATE TABLE users (id int PRIMARY KEY, name text);"

HAZARD = Hazard(
    id="serial-column-rewrites",
    title="A new serial column rewrites the table",
    severity=Severity.ERROR,
    effect="ADD COLUMN ... serial numbers each row under ACCESS EXCLUSIVE: every query on the table waits.",
    safe_form="Add an integer column, create the sequence, set the default; then number the older rows in batches.",
    source_url="https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-SERIAL",
    check=check,
    dangerous=(
        Example(setup=_TABLE, revision="ALTER TABLE users ADD COLUMN number serial;"),
        Example(setup=_TABLE, revision="ALTER TABLE users ADD COLUMN number bigserial;"),
    ),
    safe=(
        Example(
            setup=_TABLE,
            revision="CREATE SEQUENCE numbers; ALTER TABLE users ADD COLUMN number int;"
            "ALTER TABLE users ALTER COLUMN number SET DEFAULT nextval('numbers');",
        ),
        Example(setup="", revision="CREATE TABLE users (name text); ALTER TABLE users ADD COLUMN number serial;"),
    ),
)
