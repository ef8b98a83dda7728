"""What workers on backfills tell, in lines for people."""

from __future__ import annotations

from midflight.backfill.events import (
    BackfillEnded,
    BackfillProgress,
    BackfillStarted,
    ConnectionLost,
    Event,
    RowFailed,
    RowHeld,
    TableVacuumed,
)
from midflight.backfill.figures import as_rows

_MINUTE, _HOUR = 60, 3600


def backfill_line(event: Event) -> str:
    """Write an event as a line."""
    match event:
        case BackfillStarted():
            words = f"{event.state}, about {event.rows:,} rows of {event.table}"
        case BackfillProgress():
            words = progress_words(event)
        case RowFailed():
            words = f"the row {', '.join(event.key)} of {event.table} cannot be changed: {event.error}"
        case RowHeld():
            behind = f" behind {', '.join(event.behind)}" if event.behind else ""
            words = f"the next row{behind} of {event.table} is held by somebody; trying again"
        case BackfillEnded():
            words = _ending(event)
        case TableVacuumed():
            return f"vacuumed {event.table} in {event.seconds:.1f} s"
        case ConnectionLost():
            return f"the connection is lost ({event.error}); the next try in {event.seconds:.1f} s"
    return f"{event.name}: {words}"


def progress_words(event: BackfillProgress) -> str:
    """Write how far a backfill is."""
    parts = [event.state, f"{event.rows_read:,} of about {max(event.rows, event.rows_read):,} rows"]
    if event.rows_per_second:
        parts.append(f"{event.rows_per_second:,.0f} rows/s")
    if event.state == "running" and event.rows_per_second and event.rows > event.rows_read:
        parts.append(f"{duration((event.rows - event.rows_read) / event.rows_per_second)} left")
    if event.failures:
        parts.append(f"{event.failures} failed")
    if event.brake:
        parts.append(f"brake: {event.brake}")
    return ", ".join(parts)


def duration(seconds: float) -> str:
    """Write a time roughly, such as ``3 min``."""
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < _HOUR:
        return f"{seconds / _MINUTE:.0f} min"
    return f"{seconds / _HOUR:.1f} h"


def _ending(event: BackfillEnded) -> str:
    parts = [event.state, f"{as_rows(event.rows_changed)} changed"]
    reason = event.error or (f"{as_rows(event.failures)} cannot be changed" if event.failures else None)
    if reason:
        parts.append(reason)
    if event.failures:
        parts.append(f"midflight backfill status {event.name} tells which")
    return ", ".join(parts)
