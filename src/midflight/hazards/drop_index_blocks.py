"""DROP INDEX without CONCURRENTLY needs the table for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.hazards.indexes_concurrently import drop_concurrently
from midflight.sql.changes import DropIndex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight
    from midflight.hazards.fix import Fix


def check(sight: Sight) -> Iterator[Harm]:
    """See a live index that is dropped under an ACCESS EXCLUSIVE lock."""
    for drop in sight.changes(DropIndex):
        if not drop.concurrently and sight.concerns_live_index(drop.index):
            table = sight.table_of_index(drop.index)
            yield Harm(table or "", _message(drop, table), _fix(drop))


def _message(drop: DropIndex, table: str | None) -> str:
    owner = table or f"the table of {drop.index}"
    return (
        f"DROP INDEX {drop.index} locks {owner} (ACCESS EXCLUSIVE) until the transaction ends. The drop itself is "
        "quick, but it waits for every query on the table that is under way, and each new one, reads too, waits behind "
        "it."
    )


def _fix(drop: DropIndex) -> Fix:
    return drop_concurrently(drop.index)


_TABLE = "CREATE TABLE orders (id int PRIMARY KEY, user_id int); CREATE INDEX ix_user_id ON orders (user_id);"

HAZARD = Hazard(
    id="drop-index-blocks",
    title="Dropping an index blocks reads and writes",
    severity=Severity.WARNING,
    effect="DROP INDEX waits for ACCESS EXCLUSIVE on the table; all queries on the table queue up behind it.",
    safe_form="Drop it CONCURRENTLY, outside of a transaction.",
    source_url="https://www.postgresql.org/docs/current/sql-dropindex.html",
    check=check,
    dangerous=(
        Example(
            setup=_TABLE,
            revision="DROP INDEX ix_user_id;",
        ),
    ),
    safe=(
        Example(
            setup=_TABLE,
            revision="DROP INDEX CONCURRENTLY ix_user_id;",
            autocommit=True,
        ),
        Example(
            setup="",
            revision="CREATE TABLE users (name text); CREATE INDEX ix_name ON users (name); DROP INDEX ix_name;",
        ),
    ),
)
