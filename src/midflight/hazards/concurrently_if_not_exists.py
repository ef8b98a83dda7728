"""CREATE INDEX CONCURRENTLY IF NOT EXISTS takes an INVALID index for a good one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.fix import execute, outside_transaction
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.sql.changes import CreateIndex, DropIndex
from midflight.sql.names import Name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight
    from midflight.hazards.fix import Fix


def check(sight: Sight) -> Iterator[Harm]:
    """See an index of a live table that is built only if its name is free, and that nothing drops before."""
    for index in sight.changes(CreateIndex):
        guarded = index.concurrently and index.if_not_exists and index.name
        if guarded and sight.concerns_live_table(index.table) and not _is_dropped(index, sight):
            yield Harm(str(index.table), _message(index), _fix(index, sight))


def _is_dropped(index: CreateIndex, sight: Sight) -> bool:
    return any(
        drop.index.name == index.name
        for earlier in sight.earlier_with(DropIndex)
        for drop in earlier.changes(DropIndex)
    )


def _message(index: CreateIndex) -> str:
    return (
        f"Where an earlier build of {index.name} failed (a duplicate, a deadlock, a timeout), an INVALID index of that "
        f"name is left on {index.table}. This statement then does nothing and succeeds: queries do not use the index, "
        "every write goes on paying for it, and a unique one does not hold."
    )


def _fix(index: CreateIndex, sight: Sight) -> Fix:
    name = Name(index.table.schema, index.name or "")
    return outside_transaction(execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name.sql}"), execute(sight.statement.text))


_TABLE = "CREATE TABLE orders (id int PRIMARY KEY, user_id int);"

HAZARD = Hazard(
    id="concurrently-if-not-exists",
    title="IF NOT EXISTS accepts an index that is not valid",
    severity=Severity.WARNING,
    effect="After a failed build an INVALID index is left; IF NOT EXISTS finds its name and builds nothing.",
    safe_form="Drop what is there, CONCURRENTLY and IF EXISTS, and build it again.",
    source_url="https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY",
    check=check,
    dangerous=(
        Example(
            setup=_TABLE,
            revision="CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_user_id ON orders (user_id);",
            autocommit=True,
        ),
    ),
    safe=(
        Example(
            setup=_TABLE,
            revision="DROP INDEX CONCURRENTLY IF EXISTS ix_user_id;"
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_user_id ON orders (user_id);",
            autocommit=True,
        ),
        Example(
            setup=_TABLE,
            revision="CREATE INDEX CONCURRENTLY ix_user_id ON orders (user_id);",
            autocommit=True,
        ),
    ),
)
