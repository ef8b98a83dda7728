"""What a quick statement does that needs a strong lock: it waits its turn, and others wait behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.fix import execute, in_one_transaction, lines

if TYPE_CHECKING:
    from midflight.hazards.fix import Fix
    from midflight.pg.locks import LockMode


def behind_it(table: object, mode: LockMode) -> str:
    """Say who waits, and how long, for a lock on a table that is held only shortly."""
    users = f"has used {table}" if mode.blocks_reads else f"has written to {table}"
    waiting = "every query, reads too" if mode.blocks_reads else "every INSERT, UPDATE and DELETE"
    return (
        f"needs a lock on {table} ({mode.label}). It is quick by itself, but it waits for each transaction that "
        f"{users} and is not over yet; meanwhile {waiting}, queues up behind it. How long follows from the longest "
        "transaction, not from the rows."
    )


def giving_up_soon(*code: Fix) -> Fix:
    """Send what fails, rather than holds others up, where its lock cannot be had within a second."""
    return lines(
        "where this fails, nobody has waited for long: run it again", in_one_transaction(execute(_TIMEOUT), *code)
    )


_TIMEOUT = "SET LOCAL lock_timeout = '1s'"
