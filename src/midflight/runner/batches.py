"""Runs a step over the blocks of a table, a few at a time, each in a transaction of its own."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from midflight.runner.events import StepProgress

if TYPE_CHECKING:
    from midflight.operations.step import Step
    from midflight.runner.events import Listener
    from midflight.runner.limits import Limits
    from midflight.runner.session import Session

TARGET_SECONDS = 0.01
"""What one batch should take: the longest wait of a query for a row of it. Larger ones gain a fifth in time at most."""
PAUSE = 0.5
"""The pause after a batch, as a part of its time: for a third of the time the disk is left to the traffic."""
MOST_BLOCKS = 4096


def run_batches(session: Session, step: Step, limits: Limits, listener: Listener) -> None:
    """Repeat a step for all blocks of its table; one that names no blocks until it changes no row any more.

    Raises:
        StatementError: where PostgreSQL refuses it.
    """
    if ":first" not in step.sql:
        while _send(session, step.sql, limits):
            pass
        return
    total, block, size = _blocks(session, step), 0, 16
    while block < total:
        began = time.monotonic()
        last = min(block + size, total)
        _send(session, step.sql.replace(":first", f"'({block},0)'").replace(":last", f"'({last},0)'"), limits)
        listener(StepProgress(step.says, "rows", last, total))
        took = time.monotonic() - began
        size = _next_size(size, took)
        session.sleep(took * PAUSE)
        block = last


def _send(session: Session, sql: str, limits: Limits) -> int:
    session.execute(f"SET LOCAL statement_timeout = {int(limits.long * 1000)}")
    changed = session.execute(sql)
    session.commit()
    return changed


def _blocks(session: Session, step: Step) -> int:
    assert step.batches is not None
    [[blocks]] = session.fetch(
        "SELECT pg_relation_size(CAST(:table AS regclass)) / current_setting('block_size')::bigint",
        table=step.batches.sql,
    )
    session.commit()
    return int(blocks)


def _next_size(size: int, seconds: float) -> int:
    """Go towards the time that a batch should take, at most twice as far at once."""
    wanted = size * TARGET_SECONDS / max(seconds, 0.001)
    return max(1, min(int(min(wanted, size * 2)), MOST_BLOCKS))
