"""One UPDATE over a whole table holds its rows until the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.batches import in_batches, is_bounded
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.sql.changes import Insert, Merge, Update

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight


def check(sight: Sight) -> Iterator[Harm]:
    """See an UPDATE of a live table whose condition binds no unique key."""
    for update in sight.changes(Update):
        if sight.concerns_live_table(update.table) and not is_bounded(update, sight):
            yield Harm(str(update.table), _message(update), in_batches(update, sight))
    for change in _from_queries(sight):
        if sight.concerns_live_table(change.table):
            yield Harm(str(change.table), _message_of_query(change, sight), advice=_ADVICE)


def _from_queries(sight: Sight) -> Iterator[Insert | Merge]:
    """MERGE and INSERT ... ON CONFLICT that change rows which are there, as many as a query yields."""
    for change in sight.statement.changes:
        if isinstance(change, Insert | Merge) and change.updates and change.from_query:
            yield change


def _message(update: Update) -> str:
    found = " that its WHERE finds, however many they are" if update.where else ""
    return (
        f"This UPDATE changes all rows of {update.table}{found}, in one go. "
        "Each changed row stays locked until the transaction ends, so writers of those rows wait for all of it. It "
        "leaves a dead copy of each row behind, and as long as it runs VACUUM cannot remove what dies in any table."
    )


def _message_of_query(change: Insert | Merge, sight: Sight) -> str:
    return (
        f"This {sight.statement.kind} changes each row of {change.table} that its query finds there, however many they "
        "are, in one go. Each of them stays locked until the transaction ends, so writers of those rows wait for all "
        "of it, and as long as it runs VACUUM cannot remove what dies in any table."
    )


_ADVICE = (
    "In batches, each in a transaction of its own: bound the query by a range of a unique key, or by ORDER BY key "
    "LIMIT 1000 from where the last batch ended."
)

_TABLE = "CREATE TABLE orders (id int PRIMARY KEY, total int, paid bool);"

HAZARD = Hazard(
    id="unbatched-update",
    title="One UPDATE over a whole table",
    severity=Severity.ERROR,
    effect="Each changed row stays locked until the transaction ends; the table grows by a dead copy of each.",
    safe_form="Update in batches by a unique key, each batch in a transaction of its own.",
    source_url="https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-ROWS",
    check=check,
    dangerous=(
        Example(setup=_TABLE, revision="UPDATE orders SET total = 0;"),
        Example(setup=_TABLE, revision="UPDATE orders SET total = 0 WHERE total IS NULL AND paid = true;"),
        Example(setup=_TABLE, revision="UPDATE orders SET total = 0 WHERE id > 10;"),
        Example(
            setup=_TABLE + "CREATE TABLE totals (id int PRIMARY KEY, total int);",
            revision="INSERT INTO orders (id, total) SELECT id, total FROM totals"
            " ON CONFLICT (id) DO UPDATE SET total = excluded.total;",
        ),
    ),
    safe=(
        Example(
            setup=_TABLE,
            revision="UPDATE orders SET total = 0 WHERE id = 5; UPDATE orders SET total = 1 WHERE id IN (1, 2);",
        ),
        Example(setup=_TABLE, revision="UPDATE orders SET total = 0 WHERE id BETWEEN 1 AND 1000;"),
        Example(
            setup=_TABLE,
            revision="WITH batch AS (SELECT id FROM orders WHERE total IS NULL LIMIT 1000 FOR UPDATE SKIP LOCKED)"
            "UPDATE orders SET total = 0 FROM batch WHERE orders.id = batch.id;",
        ),
        Example(
            setup=_TABLE,
            revision="INSERT INTO orders VALUES (1, 2) ON CONFLICT (id) DO UPDATE SET total = excluded.total;",
        ),
        Example(setup="", revision="CREATE TABLE orders (total int); UPDATE orders SET total = 0;"),
    ),
)
