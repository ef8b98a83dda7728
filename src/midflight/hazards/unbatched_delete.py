"""One DELETE over any number of rows holds them until the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.batches import in_batches, is_bounded
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.sql.changes import Delete

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight


def check(sight: Sight) -> Iterator[Harm]:
    """See a DELETE from a live table whose condition binds no unique key; one without any is another hazard."""
    for delete in sight.changes(Delete):
        chooses = delete.where is not None or bool(delete.joined)
        if chooses and sight.concerns_live_table(delete.table) and not is_bounded(delete, sight):
            yield Harm(str(delete.table), _message(delete), in_batches(delete, sight))


def _message(delete: Delete) -> str:
    return (
        f"This DELETE removes all rows of {delete.table} that its condition finds, however many they are, in one go. "
        "Each of them stays locked until the transaction ends, so whoever would change one waits for all of it, and so "
        "does an INSERT that refers to one. As long as it runs, VACUUM cannot remove what dies in any table."
    )


_TABLE = "CREATE TABLE orders (id int PRIMARY KEY, total int);"

HAZARD = Hazard(
    id="unbatched-delete",
    title="One DELETE over many rows",
    severity=Severity.ERROR,
    effect="Each removed row stays locked until the transaction ends, and its space is free only after a VACUUM.",
    safe_form="Delete in batches by a unique key, each batch in a transaction of its own.",
    source_url="https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-ROWS",
    check=check,
    dangerous=(
        Example(setup=_TABLE, revision="DELETE FROM orders WHERE total = 0;"),
        Example(setup=_TABLE, revision="DELETE FROM orders USING orders AS o WHERE orders.total > o.total;"),
    ),
    safe=(
        Example(setup=_TABLE, revision="DELETE FROM orders WHERE id = 5;"),
        Example(
            setup=_TABLE,
            revision="DELETE FROM orders WHERE ctid IN (SELECT ctid FROM orders WHERE total = 0 LIMIT 1000);",
        ),
        Example(setup="", revision="CREATE TABLE orders (total int); DELETE FROM orders;"),
    ),
)
