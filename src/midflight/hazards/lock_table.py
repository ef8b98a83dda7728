"""LOCK TABLE keeps others out until the transaction ends, and while it waits for its turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.fix import execute, in_one_transaction, lines
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.sql.changes import LockTable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight
    from midflight.hazards.fix import Fix


def check(sight: Sight) -> Iterator[Harm]:
    """See live tables that are locked against writers, or readers too, without a limit to the wait."""
    strong = [lock for lock in sight.changes(LockTable) if lock.mode.blocks_writes and not lock.nowait]
    live = [lock for lock in strong if sight.concerns_live_table(lock.table)]
    if live and not sight.has_lock_timeout:
        yield Harm(str(live[0].table), _message(live), _fix(live))


def _message(live: list[LockTable]) -> str:
    tables, mode = " and ".join(str(lock.table) for lock in live), live[0].mode
    waiting = "every query on it, reads too," if mode.blocks_reads else "every INSERT, UPDATE and DELETE on it"
    return (
        f"LOCK TABLE takes {tables} ({mode.label}) until the transaction ends: {waiting} waits for all that "
        "follows in it. And it waits itself for each transaction that is under way there, with everybody "
        "else behind it."
    )


def _fix(live: list[LockTable]) -> Fix:
    tables, mode = ", ".join(lock.table.sql for lock in live), live[0].mode.label
    return lines(
        "mostly it is not needed: each statement takes the lock that it needs. Where it is:",
        "this fails at once if somebody is in the way; then run it again",
        in_one_transaction(execute(f"LOCK TABLE {tables} IN {mode} MODE NOWAIT")),
    )


_TABLE = "CREATE TABLE orders (id int PRIMARY KEY, total int);"

HAZARD = Hazard(
    id="lock-table",
    title="LOCK TABLE keeps others out until the transaction ends",
    severity=Severity.WARNING,
    effect="Whoever the lock's mode keeps out waits until the transaction ends, and before that in the lock's queue.",
    safe_form="Leave it to each statement to take its lock; or NOWAIT, in a transaction that does little.",
    source_url="https://www.postgresql.org/docs/current/sql-lock.html",
    check=check,
    dangerous=(
        Example(setup=_TABLE, revision="LOCK TABLE orders;"),
        Example(setup=_TABLE, revision="LOCK TABLE orders IN SHARE MODE;"),
    ),
    safe=(
        Example(setup=_TABLE, revision="LOCK TABLE orders IN SHARE UPDATE EXCLUSIVE MODE;"),
        Example(setup=_TABLE, revision="LOCK TABLE orders IN ACCESS EXCLUSIVE MODE NOWAIT;"),
        Example(setup=_TABLE, revision="SET LOCAL lock_timeout = 200; LOCK TABLE orders;"),
    ),
)
