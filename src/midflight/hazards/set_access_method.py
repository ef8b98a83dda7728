"""SET ACCESS METHOD writes the whole table anew while nobody else may touch it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.sql.storage import SetAccessMethod

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight


def check(sight: Sight) -> Iterator[Harm]:
    """See a live table that gets another access method; to name the one that it has does nothing."""
    for change in sight.changes(SetAccessMethod):
        rewrites = sight.rewrote(change.table) if sight.observed else True
        if rewrites and sight.concerns_live_table(change.table):
            yield Harm(str(change.table), _message(change), advice=_ADVICE)


def _message(change: SetAccessMethod) -> str:
    return (
        f"SET ACCESS METHOD writes {change.table} anew, with its indexes, under an ACCESS EXCLUSIVE lock: until that "
        f"is done and the transaction ends, every query on {change.table} waits, reads too. The wait grows with the "
        "table's rows."
    )


_ADVICE = (
    "Make a table with the new access method beside it, let the application write both, copy the older rows in "
    "batches, and switch. Of a partitioned table, give the method to new partitions alone."
)

_TABLE = "CREATE ACCESS METHOD rows TYPE TABLE HANDLER heap_tableam_handler; CREATE TABLE events (id int PRIMARY KEY);"

HAZARD = Hazard(
    id="set-access-method",
    title="Another access method rewrites the table under lock",
    severity=Severity.ERROR,
    effect="The table is written anew under ACCESS EXCLUSIVE: every query on it waits.",
    safe_form="A second table with the new method, written beside the first and filled in batches.",
    source_url="https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-ACCESS-METHOD",
    check=check,
    dangerous=(Example(setup=_TABLE, revision="ALTER TABLE events SET ACCESS METHOD rows;"),),
    safe=(
        Example(setup=_TABLE, revision="CREATE TABLE copies (id int) USING rows;"),
        Example(setup=_TABLE, revision="CREATE TABLE copies (id int); ALTER TABLE copies SET ACCESS METHOD rows;"),
    ),
)
