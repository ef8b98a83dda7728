"""SET TABLESPACE copies the whole table while nobody else may touch it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.sql.storage import SetTablespace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight


def check(sight: Sight) -> Iterator[Harm]:
    """See a live table that is moved to another tablespace."""
    for change in sight.changes(SetTablespace):
        rewrites = sight.rewrote(change.table) if sight.observed else True
        if rewrites and sight.concerns_live_table(change.table):
            yield Harm(str(change.table), _message(change), advice=_ADVICE)


def _message(change: SetTablespace) -> str:
    return (
        f"SET TABLESPACE copies the files of {change.table} under an ACCESS EXCLUSIVE lock: until that is done and the "
        f"transaction ends, every query on {change.table} waits, reads too. The wait grows with the table's size."
    )


_ADVICE = (
    "An extension such as pg_repack moves a table while the service runs. Indexes can be moved without it: build each "
    "one anew in the other tablespace with CREATE INDEX CONCURRENTLY ... TABLESPACE, and drop the old one."
)

_TABLE = "CREATE TABLE events (id int PRIMARY KEY);"

HAZARD = Hazard(
    id="set-tablespace",
    title="Moving a table to another tablespace copies it under lock",
    severity=Severity.ERROR,
    effect="The table's files are copied under ACCESS EXCLUSIVE: every query on it waits.",
    safe_form="A tool that copies the table beside the service, such as pg_repack.",
    source_url="https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-TABLESPACE",
    check=check,
    dangerous=(Example(setup=_TABLE, revision="ALTER TABLE events SET TABLESPACE archive;"),),
    safe=(
        Example(setup=_TABLE, revision="CREATE INDEX CONCURRENTLY ON events (id) TABLESPACE archive;", autocommit=True),
        Example(setup="", revision="CREATE TABLE copies (id int); ALTER TABLE copies SET TABLESPACE archive;"),
    ),
)
