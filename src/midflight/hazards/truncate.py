"""TRUNCATE empties a table, for which it needs it for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.batches import delete_in_batches
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.sql.changes import Truncate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight


def check(sight: Sight) -> Iterator[Harm]:
    """See live tables that are emptied; with CASCADE that is another hazard."""
    live = [
        change for change in sight.changes(Truncate) if not change.cascade and sight.concerns_live_table(change.table)
    ]
    if live:
        yield Harm(str(live[0].table), _message(live), delete_in_batches(live[0].table, sight))


def _message(live: list[Truncate]) -> str:
    tables = " and ".join(str(change.table) for change in live)
    return (
        f"All rows of {tables} are gone when this commits, and no downgrade brings them back. Until the transaction "
        "ends every query there waits, reads too (ACCESS EXCLUSIVE). Who began to read before in REPEATABLE READ finds "
        "the table empty."
    )


_TABLE = "CREATE TABLE events (id int PRIMARY KEY, kind text);"

HAZARD = Hazard(
    id="truncate",
    title="TRUNCATE empties a table that the service uses",
    severity=Severity.ERROR,
    effect="All rows are gone for good; until the transaction ends every query on the table waits.",
    safe_form="Delete in batches by a unique key what is no longer wanted; rows that are still written stay.",
    source_url="https://www.postgresql.org/docs/current/sql-truncate.html",
    check=check,
    dangerous=(Example(setup=_TABLE, revision="TRUNCATE events;"),),
    safe=(
        Example(setup=_TABLE, revision="DELETE FROM events WHERE id BETWEEN 1 AND 1000;"),
        Example(setup="", revision="CREATE TABLE scratch (id int); TRUNCATE scratch;"),
    ),
)
