"""A session of a live database, as a person reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.report.amounts import duration

if TYPE_CHECKING:
    from midflight.runner.overview import Session

PREPARED = "a prepared transaction"


def session_text(session: Session) -> str:
    """Say who it is, what state it is in and for how long its transaction has been open."""
    who = PREPARED if session.pid is None else f"pid {session.pid}"
    who += f" of {session.user}" if session.user else ""
    who += f" ({session.application})" if session.application else ""
    parts = [who]
    if session.state and session.pid is not None:
        parts.append(session.state)
    if session.seconds is not None:
        parts.append(f"its transaction is {duration(session.seconds)} old")
    if session.xmin_age:
        parts.append(f"holds back VACUUM by {session.xmin_age:,} transactions")
    return ", ".join(parts)
