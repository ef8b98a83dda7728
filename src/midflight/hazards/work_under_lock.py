"""Slow work in a transaction that already keeps others out of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.fix import APART, lines
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.hazards.validating import added_in_transaction
from midflight.sql.changes import CreateTableAs, Insert, ValidateConstraint
from midflight.sql.storage import RefreshView, Vacuum

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight
    from midflight.sql.changes import Change
    from midflight.sql.names import Name


def check(sight: Sight) -> Iterator[Harm]:
    """See slow work that locks nobody out by itself, and is done while an earlier lock does.

    Work that locks its own table is told by its own hazard, and a change of many rows by
    ddl-and-backfill-in-one-transaction.
    """
    work = next((text for change in sight.statement.changes if (text := _work(change, sight))), None)
    locking = _locking(sight) if work else None
    if work and locking:
        yield _harm(sight, work, locking)


def _work(change: Change, sight: Sight) -> str | None:
    """Say what takes long; None where nothing does."""
    match change:
        case ValidateConstraint() if not added_in_transaction(change, sight) and sight.concerns_live_table(
            change.table
        ):
            return f"reads every row of {change.table}"
        case Vacuum(only_analyzes=True):
            return f"reads a sample of {change.table or 'every table'}"
        case RefreshView(concurrently=True) if sight.concerns_live_table(change.view):
            return f"runs the query of {change.view}"
        case CreateTableAs(reads=reads) if any(map(sight.concerns_live_table, reads)):
            return f"copies what its query finds in {_first_live(sight, reads)}"
        case Insert(reads=reads) if not sight.concerns_live_table(change.table) and _first_live(sight, reads):
            return f"copies what its query finds in {_first_live(sight, reads)}"
        case _:
            return None


def _first_live(sight: Sight, reads: tuple[Name, ...]) -> Name | None:
    return next((name for name in reads if sight.concerns_live_table(name)), None)


def _locking(sight: Sight) -> Sight | None:
    before = (earlier for earlier in sight.earlier if earlier.shares_transaction(sight))
    return next((earlier for earlier in before if earlier.strong_locks()), None)


def _harm(sight: Sight, work: str, locking: Sight) -> Harm:
    table, mode = max(locking.strong_locks(), key=lambda lock: lock[1])
    place = f" in line {locking.seen.line}" if locking.seen.line else ""
    waiting = "query on {} waits, reads too" if mode.blocks_reads else "INSERT, UPDATE and DELETE on {} waits"
    message = (
        f"{locking.statement.kind}{place} locked {table} ({mode.label}), and that lock is held until the transaction "
        f"ends. This {sight.statement.kind} {work} under it: for as long as that takes, every {waiting.format(table)}."
    )
    return Harm(table, message, _FIX)


_FIX = lines(
    APART,
    "first the work that takes long and locks nobody out, then the change that needs the lock",
)

_TABLES = (
    "CREATE TABLE users (id int PRIMARY KEY, mail text); CREATE TABLE orders (id int PRIMARY KEY, total int);"
    "ALTER TABLE orders ADD CONSTRAINT total_positive CHECK (total >= 0) NOT VALID;"
)

HAZARD = Hazard(
    id="work-under-lock",
    title="Slow work while a table is locked",
    severity=Severity.ERROR,
    effect="A lock taken before is held for as long as the work takes: every query that it keeps out waits as long.",
    safe_form="Two transactions: the slow work in one, the change that needs the lock in the other.",
    source_url="https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES",
    check=check,
    dangerous=(
        Example(
            setup=_TABLES,
            revision="ALTER TABLE users ADD COLUMN name text; ALTER TABLE orders VALIDATE CONSTRAINT total_positive;",
        ),
        Example(
            setup=_TABLES,
            revision="ALTER TABLE users ADD COLUMN name text; CREATE TABLE copies AS SELECT * FROM orders;",
        ),
        Example(
            setup=_TABLES,
            revision="CREATE TABLE copies (id int); ALTER TABLE users ADD COLUMN name text;"
            "INSERT INTO copies SELECT id FROM orders;",
        ),
        Example(setup=_TABLES, revision="ALTER TABLE users ADD COLUMN name text; ANALYZE users;"),
    ),
    safe=(
        Example(
            setup=_TABLES,
            revision="ALTER TABLE orders VALIDATE CONSTRAINT total_positive; ALTER TABLE users ADD COLUMN name text;",
        ),
        Example(
            setup=_TABLES,
            revision="ALTER TABLE users ADD COLUMN name text; ALTER TABLE orders VALIDATE CONSTRAINT total_positive;",
            autocommit=True,
        ),
        Example(
            setup=_TABLES,
            revision="ALTER TABLE users ADD COLUMN name text; CREATE TABLE copies AS SELECT 1 AS id;",
        ),
    ),
)
