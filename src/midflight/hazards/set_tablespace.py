"""SET TABLESPACE copies the whole table while nobody else may touch it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.sql.storage import SetIndexTablespace, SetTablespace

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight


def check(sight: Sight) -> Iterator[Harm]:
    """See a live table or index that is moved to another tablespace."""
    for change in sight.changes(SetTablespace):
        rewrites = sight.rewrote(change.table) if sight.observed else True
        if rewrites and sight.concerns_live_table(change.table):
            yield Harm(str(change.table), _message(change), advice=_ADVICE)
    for moved in sight.changes(SetIndexTablespace):
        copies = sight.rewrote_index(moved.index) if sight.observed else True
        if copies and sight.concerns_live_index(moved.index):
            table = sight.table_of_index(moved.index) or ""
            yield Harm(table, _message_of_index(moved, table or "its table"), advice=_ADVICE_FOR_INDEX)


def _message(change: SetTablespace) -> str:
    return (
        f"SET TABLESPACE copies the files of {change.table} under an ACCESS EXCLUSIVE lock: until that is done and the "
        f"transaction ends, every query on {change.table} waits, reads too. The wait grows with the table's size."
    )


def _message_of_index(change: SetIndexTablespace, table: str) -> str:
    return (
        f"SET TABLESPACE copies the files of the index {change.index} under an ACCESS EXCLUSIVE lock on it: until that "
        f"is done and the transaction ends, nearly every query on {table} waits, since the planner opens all indexes "
        "of a table. The wait grows with the index's size."
    )


_ADVICE = (
    "An extension such as pg_repack moves a table while the service runs. Indexes can be moved without it: build each "
    "one anew in the other tablespace with CREATE INDEX CONCURRENTLY ... TABLESPACE, and drop the old one."
)

_ADVICE_FOR_INDEX = (
    "Build it anew in the other tablespace with CREATE INDEX CONCURRENTLY ... TABLESPACE, then drop the old one "
    "CONCURRENTLY; or REINDEX (TABLESPACE ...) INDEX CONCURRENTLY."
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
    dangerous=(
        Example(setup=_TABLE, revision="ALTER TABLE events SET TABLESPACE archive;"),
        Example(setup=_TABLE, revision="ALTER INDEX events_pkey SET TABLESPACE archive;"),
    ),
    safe=(
        Example(setup=_TABLE, revision="CREATE INDEX CONCURRENTLY ON events (id) TABLESPACE archive;", autocommit=True),
        Example(setup="", revision="CREATE TABLE copies (id int); ALTER TABLE copies SET TABLESPACE archive;"),
        Example(setup=_TABLE, revision="ALTER INDEX events_pkey SET (fillfactor = 70);"),
    ),
)
