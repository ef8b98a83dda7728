"""TRUNCATE ... CASCADE empties every table that refers to the one that it names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.batches import delete_in_batches
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.sql.changes import Truncate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight


def check(sight: Sight) -> Iterator[Harm]:
    """See live tables that are emptied with all that refer to them."""
    live = [change for change in sight.changes(Truncate) if change.cascade and sight.concerns_live_table(change.table)]
    if live:
        others = sight.locked_beside(*(change.table for change in live))
        yield Harm(str(live[0].table), _message(live, others), delete_in_batches(live[0].table, sight))


def _message(live: list[Truncate], others: tuple[str, ...]) -> str:
    tables = " and ".join(str(change.table) for change in live)
    seen = f" (on the shadow: {', '.join(others)})" if others else ""
    return (
        f"CASCADE empties {tables}, and every table that has a foreign key to it, and those that refer to them in "
        f"turn{seen}, whatever they are by the time it runs. All those rows are gone when this commits, and no "
        "downgrade brings them back. Until the transaction ends every query on any of them waits, reads too (ACCESS "
        "EXCLUSIVE)."
    )


_TABLES = (
    "CREATE TABLE users (id int PRIMARY KEY);CREATE TABLE orders (id int PRIMARY KEY, user_id int REFERENCES users);"
)

HAZARD = Hazard(
    id="truncate-cascade",
    title="TRUNCATE CASCADE empties tables that it does not name",
    severity=Severity.ERROR,
    effect="All rows of the table are gone, and those of every table that refers to it, directly or not.",
    safe_form="Name each table whose rows are meant, and delete in batches by a unique key.",
    source_url="https://www.postgresql.org/docs/current/sql-truncate.html",
    check=check,
    dangerous=(Example(setup=_TABLES, revision="TRUNCATE users CASCADE;"),),
    safe=(
        Example(setup=_TABLES, revision="DELETE FROM orders WHERE id BETWEEN 1 AND 1000;"),
        Example(setup="", revision="CREATE TABLE scratch (id int); TRUNCATE scratch CASCADE;"),
    ),
)
