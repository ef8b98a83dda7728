"""A data change that runs while its own transaction locks a table, or after which it locks one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.batches import DATA_CHANGES, is_mass_change
from midflight.hazards.fix import APART, Send, lines
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.sql.changes import TableChange

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight
    from midflight.pg.locks import LockMode


def check(sight: Sight) -> Iterator[Harm]:
    """See the first statement that makes a strong lock and a mass data change meet in one transaction."""
    locks, changes = bool(sight.strong_locks()), _changed_table(sight) is not None
    if not locks and not changes:
        return
    locking = _first_lock(sight)
    if locking is None:
        changing = _first_change(sight) if locks else None
        if changing:
            yield _lock_after_change(sight, changing)
    elif changes and _first_change(sight) is None:  # else it was told where they met
        yield _change_under_lock(sight, locking)


def _first_lock(sight: Sight) -> Sight | None:
    before = (earlier for earlier in sight.earlier if earlier.shares_transaction(sight))
    return next((earlier for earlier in before if earlier.strong_locks()), None)


def _first_change(sight: Sight) -> Sight | None:
    before = (earlier for earlier in sight.earlier_with(*DATA_CHANGES) if earlier.shares_transaction(sight))
    return next((earlier for earlier in before if _changed_table(earlier)), None)


def _changed_table(sight: Sight) -> str | None:
    changed = (change for change in sight.statement.changes if isinstance(change, TableChange))
    return next((str(change.table) for change in changed if is_mass_change(change, sight)), None)


def _change_under_lock(sight: Sight, locking: Sight) -> Harm:
    table, mode = _strongest(locking)
    return Harm(
        table,
        f"{_place(locking)} locked {table} ({mode.label}), and that lock is held until the transaction ends. This "
        f"{sight.statement.kind} runs under it: for as long as it takes, {_who_waits(mode)} of {table} waits.",
        _FIX,
    )


def _lock_after_change(sight: Sight, changing: Sight) -> Harm:
    table, mode = _strongest(sight)
    return Harm(
        table,
        f"{_place(changing)} changed rows of {_changed_table(changing)}, which stay locked until the transaction ends. "
        f"This {sight.statement.kind} now waits for {mode.label} on {table}: if a session that waits for one of those "
        f"rows uses {table} too, PostgreSQL ends one of the two with a deadlock; if not, {_who_waits(mode)} of {table} "
        "waits until "
        "the transaction ends.",
        _FIX,
    )


def _strongest(sight: Sight) -> tuple[str, LockMode]:
    return max(sight.strong_locks(), key=lambda lock: lock[1])


def _place(sight: Sight) -> str:
    line = sight.seen.line
    return f"{sight.statement.kind}{f' in line {line}' if line else ''}"


def _who_waits(mode: LockMode) -> str:
    return "every reader and writer" if mode.blocks_reads else "every writer"


_FIX = lines(
    APART,
    "this one with the schema change alone; the next one with the data change, in batches:",
    (Send("-- ...", "with op.get_context().autocommit_block():\n    ..."),),
)

_TABLES = "CREATE TABLE orders (id int PRIMARY KEY, total int); CREATE TABLE sums (total int);"

HAZARD = Hazard(
    id="ddl-and-backfill-in-one-transaction",
    title="A schema change and a data change in one transaction",
    severity=Severity.ERROR,
    effect="The schema change's lock is held for the whole data change: every query that it keeps out waits as long.",
    safe_form="Two transactions: the schema change alone, then the data change in batches.",
    source_url="https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES",
    check=check,
    dangerous=(
        Example(
            setup=_TABLES,
            revision="ALTER TABLE orders ADD COLUMN tax int; INSERT INTO sums SELECT total FROM orders;",
        ),
        Example(
            setup=_TABLES,
            revision="INSERT INTO sums SELECT total FROM orders; ALTER TABLE orders ADD COLUMN tax int;",
        ),
        Example(
            setup=_TABLES,
            revision="ALTER TABLE orders ADD COLUMN tax int; UPDATE orders SET tax = total / 5;",
            also=("unbatched-update",),
        ),
        Example(
            setup=_TABLES,
            revision="LOCK TABLE sums IN SHARE MODE; DELETE FROM orders WHERE total = 0;",
            also=("unbatched-delete", "lock-table"),
        ),
    ),
    safe=(
        Example(
            setup=_TABLES,
            revision="ALTER TABLE orders ADD COLUMN tax int; UPDATE orders SET tax = 1 WHERE id = 1;",
        ),
        Example(
            setup=_TABLES,
            revision="ALTER TABLE orders ADD COLUMN tax int; INSERT INTO sums SELECT total FROM orders;",
            autocommit=True,
        ),
        Example(
            setup=_TABLES,
            revision="CREATE TABLE copies (total int); INSERT INTO copies SELECT total FROM orders;",
        ),
        Example(
            setup=_TABLES,
            revision="CREATE TABLE copies (total int); CREATE INDEX ON copies (total);"
            "INSERT INTO sums SELECT total FROM orders;",
        ),
    ),
)
