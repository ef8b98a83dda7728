"""DELETE without WHERE empties a table, row by row and in one go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.batches import in_batches
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.sql.changes import Delete

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight


def check(sight: Sight) -> Iterator[Harm]:
    """See a DELETE of all rows of a live table."""
    for delete in sight.changes(Delete):
        if delete.where is None and not delete.joined and sight.concerns_live_table(delete.table):
            yield Harm(str(delete.table), _message(delete), in_batches(delete, sight))


def _message(delete: Delete) -> str:
    return (
        f"All rows of {delete.table} are gone when this commits, and no downgrade brings them back. Until then each of "
        "them stays locked, so whoever would change one waits for all of it, and so does an INSERT that refers to one. "
        "The wait grows with the table's rows."
    )


_TABLE = "CREATE TABLE orders (id int PRIMARY KEY, total int);"

HAZARD = Hazard(
    id="delete-without-where",
    title="DELETE of all rows",
    severity=Severity.ERROR,
    effect="All rows are gone for good, and each stays locked until the transaction ends.",
    safe_form="Say in a WHERE which rows are meant, and delete them in batches by a unique key.",
    source_url="https://www.postgresql.org/docs/current/sql-delete.html",
    check=check,
    dangerous=(Example(setup=_TABLE, revision="DELETE FROM orders;"),),
    safe=(
        Example(setup=_TABLE, revision="DELETE FROM orders WHERE id IN (1, 2);"),
        Example(setup="", revision="CREATE TABLE scratch (id int); DELETE FROM scratch;"),
    ),
)
