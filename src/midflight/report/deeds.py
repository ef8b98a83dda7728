"""What one traced statement did, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.report.words import lock_phrases, relation_names, without_own_indexes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from midflight.trace.record import HeldLock, TracedStatement


def locking(taken: Sequence[HeldLock], held: Sequence[HeldLock]) -> tuple[str, ...]:
    """Say which locks it took, and under which it ran."""
    return (
        *(f"took {phrase}" for phrase in lock_phrases(taken)),
        *(f"ran under {phrase}, since earlier in its transaction" for phrase in lock_phrases(held)),
    )


def work(statement: TracedStatement) -> tuple[str, ...]:
    """Say what it rewrote and what it read from beginning to end."""
    deeds = {
        "rewrote": statement.rewritten,
        "read every row of": [scan.relation for scan in statement.scanned],
    }
    return tuple(f"{deed} {relation_names(without_own_indexes(them))}" for deed, them in deeds.items() if them)


def failure(statement: TracedStatement) -> str | None:
    """Say why it failed; None where it did not."""
    if not statement.error:
        return None
    state = f" (SQLSTATE {statement.sqlstate})" if statement.sqlstate else ""
    return f"failed: {statement.error}{state}"


def blindness(statement: TracedStatement) -> str | None:
    """Say why nothing was observed of it; None where it was."""
    return f"not observed: {statement.unobserved}" if statement.unobserved else None


def timing(statement: TracedStatement) -> str:
    """Say how long it ran, and how long its locks were held."""
    where = "outside of a transaction" if statement.autocommit else f"in transaction {statement.transaction}"
    held = f"; its locks were held for {_milliseconds(statement.held_seconds)}" if statement.locks_taken else ""
    return f"ran for {_milliseconds(statement.seconds)} {where}{held}"


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:,.0f} ms"
