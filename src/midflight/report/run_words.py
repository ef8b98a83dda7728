"""What an upgrade tells while it works, as lines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.report.visible import one_line
from midflight.runner.events import (
    BlockerEnded,
    LockWaiting,
    OldTransactions,
    RevisionFinished,
    RevisionRetried,
    RevisionStarted,
    RunFinished,
    RunStarted,
    StepFinished,
    StepProgress,
    StepSkipped,
    StepStarted,
    WaitingForDeployer,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from midflight.runner.events import Blocker, Event

NOTABLE_SECONDS = 0.1
"""A step that has waited for longer says so."""


def words(event: Event) -> str | None:
    """Return the line for an event; None for one that only a bar shows."""
    said = _words(event)
    return None if said is None else one_line(said)


def waiting_words(event: LockWaiting | StepProgress | WaitingForDeployer | RevisionRetried) -> str:
    """Say what is waited for, and who is in the way."""
    match event:
        case WaitingForDeployer():
            return one_line(f"waiting for another upgrade: {event.holder or 'its session cannot be seen'}")
        case StepProgress():
            percent = f" {100 * event.done // event.total}%" if event.total else ""
            return one_line(f"  {event.says}: {event.phase or 'waiting'}{percent}{_in_the_way(event.blockers)}")
        case RevisionRetried():
            return one_line(
                f"  {event.revision} is taken back and tried again: {event.says}{_in_the_way(event.blockers)}"
            )
        case LockWaiting():
            return one_line(f"  waiting {event.waited:.0f} s for a lock: {event.says}{_in_the_way(event.blockers)}")


def _words(event: Event) -> str | None:
    match event:
        case RunStarted():
            count = len(event.revisions)
            return f"{event.direction}: {count} revision{'s' * (count != 1)}" if count else "nothing to do"
        case RevisionStarted():
            return f"{event.revision}  {event.title} ({event.place} of {event.total})"
        case StepSkipped():
            return f"  done already: {event.says}"
        case StepFinished():
            waited = f", {_seconds(event.waited)} of it waiting" if event.waited > NOTABLE_SECONDS else ""
            return f"  {event.says}: {_seconds(event.seconds)}{waited}"
        case OldTransactions():
            return f"  {event.says} has to wait for old transactions{_in_the_way(event.blockers)}"
        case BlockerEnded():
            return f"  {event.how}: {event.blocker}"
        case RunFinished():
            count = len(event.revisions)
            return f"done: {count} revision{'s' * (count != 1)} in {_seconds(event.seconds)}" if count else None
        case (
            RevisionFinished()
            | StepStarted()
            | StepProgress()
            | LockWaiting()
            | WaitingForDeployer()
            | RevisionRetried()
        ):
            return None


def _in_the_way(blockers: Sequence[Blocker]) -> str:
    return f"; in the way: {'; '.join(map(str, blockers))}" if blockers else ""


def _seconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"
