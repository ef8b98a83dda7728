"""Runs one SQL file under watch; what fails is told and the rest goes on, as in psql."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import asyncpg

from midflight.checks.ground import LOSSES
from midflight.trace.record import Sender

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence

    from midflight.catalog import Snapshot
    from midflight.checks.ground import Ground
    from midflight.checks.sql_text import SqlText
    from midflight.sql import Piece
    from midflight.trace.record import TracedStatement


@dataclass(frozen=True, slots=True)
class Ran:
    """What a file did."""

    script: SqlText
    before: Snapshot
    statements: tuple[TracedStatement, ...]
    pieces: tuple[int | None, ...]
    """Which of the file's statements each of them is; None where that is not known."""
    late: str | None
    """Why it did not come to its end; None where it did."""
    late_line: int | None
    seconds: float


async def run_script(ground: Ground, script: SqlText, limit: float) -> Ran:
    """Run a file within its time."""
    began, before = time.perf_counter(), ground.snapshot
    where: list[int | None] = [None]
    async with ground.tracer.record(lambda: Sender(where[0])) as recording:
        connection: asyncpg.Connection = await asyncpg.connect(**ground.tracer.address.asyncpg_arguments())
        try:
            late = await _within(limit, ground, _send(connection, script, where))
        finally:
            await connection.close(timeout=limit)
        statements = recording.statements()
    await ground.look()
    pieces = _pieces(statements, script.pieces)
    return Ran(script, before, statements, pieces, late, where[0], time.perf_counter() - began)


def _pieces(statements: Sequence[TracedStatement], pieces: Sequence[Piece]) -> tuple[int | None, ...]:
    """Find each recorded statement in the file: they come in its order, those that only begin or end are left out."""
    found: list[int | None] = []
    at = 0
    for statement in statements:
        same = (index for index in range(at, len(pieces)) if pieces[index].text == statement.sql)
        index = next(same, None)
        found.append(index)
        at = at if index is None else index + 1
    return tuple(found)


async def _send(connection: asyncpg.Connection, script: SqlText, where: list[int | None]) -> str | None:
    """Send the statements in their order; return why the connection was lost, where it was."""
    for piece in script.pieces:
        where[0] = piece.line
        try:
            await connection.execute(piece.text)
        except LOSSES as error:
            return f"its connection was lost: {error}"
        except asyncpg.PostgresError:
            continue  # it stands in the trace
    return None


async def _within(limit: float, ground: Ground, sending: Coroutine[None, None, str | None]) -> str | None:
    """Give the file its time; return why it did not end."""
    task = asyncio.create_task(sending)
    done, _ = await asyncio.wait({task}, timeout=limit)
    if not done:
        ground.cut_off()
        await asyncio.wait({task})
        task.exception()
        return f"it did not end within {limit:g} s"
    return task.result()
