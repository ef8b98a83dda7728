"""Several ALTER TABLE of one table, each of which waits for the same lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.fix import execute
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.pg.locks import LockMode
from midflight.sql.changes import (
    AddColumn,
    AddIdentity,
    AlterColumnType,
    AlterTableOther,
    DropColumn,
    DropExpression,
    DropNotNull,
    SetDefault,
    TableChange,
)
from midflight.sql.combine import combined
from midflight.sql.expected_locks import expected_locks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight
    from midflight.hazards.fix import Fix

_COMBINABLE = (
    *(AddColumn, DropColumn, AlterColumnType, AddIdentity, DropExpression, DropNotNull, SetDefault),
    AlterTableOther,
)
"""Not SET NOT NULL, which has to come later than the column that it is about. Not DROP CONSTRAINT, since that of a
foreign key locks a second table; nor ADD CONSTRAINT, which is mostly one step of several that must not share a
transaction."""


def check(sight: Sight) -> Iterator[Harm]:
    """See an ALTER TABLE that waits for a lock which an earlier one of the revision had, and has given back.

    In one transaction the lock is taken once and kept, whatever the number of statements.
    """
    table = _altered(sight)
    before = list(_former(sight, table)) if table else []
    if table and before and _is_the_first_again(sight, before):
        yield Harm(table, _message(table, before[-1]), _fix([*before, sight]))


def _altered(sight: Sight) -> str | None:
    """The live table that a statement alters in ways that can stand beside others."""
    changes = sight.statement.changes
    if not changes or not all(isinstance(change, _COMBINABLE) and _is_exclusive(change) for change in changes):
        return None
    change = changes[0]
    is_live = isinstance(change, TableChange) and sight.concerns_live_table(change.table)
    return str(change.table) if is_live and isinstance(change, TableChange) else None


def _is_exclusive(change: TableChange) -> bool:
    """Whether it needs ACCESS EXCLUSIVE; one that needs less would only lose by company."""
    return [mode for _, mode in expected_locks(change)] == [LockMode.ACCESS_EXCLUSIVE]


def _former(sight: Sight, table: str) -> Iterator[Sight]:
    """The statements before that alter the same table, back to one that does anything else with it or is not read."""
    found: list[Sight] = []
    for earlier in sight.earlier:
        if _altered(earlier) == table:
            found.append(earlier)
        elif earlier.statement.opaque or _touches(earlier, table):
            found.clear()
    return iter(found)


def _touches(sight: Sight, table: str) -> bool:
    return any(isinstance(change, TableChange) and str(change.table) == table for change in sight.statement.changes)


def _is_the_first_again(sight: Sight, before: list[Sight]) -> bool:
    return all(earlier.shares_transaction(before[0]) for earlier in before) and not sight.shares_transaction(before[0])


def _message(table: str, earlier: Sight) -> str:
    line = f" in line {earlier.seen.line}" if earlier.seen.line else ""
    return (
        f"The ALTER TABLE{line} had {table} for itself (ACCESS EXCLUSIVE) and has given it back; this one waits for "
        f"the same lock again, and every query on {table} queues up behind it a second time."
    )


def _fix(sights: list[Sight]) -> Fix:
    text = combined(sight.statement.text for sight in sights)
    return execute(text) if text else ()


_TABLE = "CREATE TABLE orders (id int PRIMARY KEY, total int);"

HAZARD = Hazard(
    id="repeated-alter",
    title="Several ALTER TABLE where one would do",
    severity=Severity.WARNING,
    effect="Each statement waits for ACCESS EXCLUSIVE anew, and each time all queries on the table queue up behind it.",
    safe_form="One ALTER TABLE with all the changes; or one transaction around them.",
    source_url="https://www.postgresql.org/docs/current/sql-altertable.html",
    check=check,
    dangerous=(
        Example(
            setup=_TABLE,
            revision="ALTER TABLE orders ADD COLUMN note text; ALTER TABLE orders ADD COLUMN tax int DEFAULT 0;",
            autocommit=True,
        ),
    ),
    safe=(
        Example(setup=_TABLE, revision="ALTER TABLE orders ADD note text, ADD tax int DEFAULT 0;", autocommit=True),
        Example(setup=_TABLE, revision="ALTER TABLE orders ADD note text; ALTER TABLE orders ADD tax int DEFAULT 0;"),
        Example(
            setup=_TABLE,
            revision="ALTER TABLE orders ADD note text; UPDATE orders SET note = '' WHERE id = 1;"
            "ALTER TABLE orders ALTER COLUMN note SET DEFAULT '';",
            autocommit=True,
        ),
    ),
)
