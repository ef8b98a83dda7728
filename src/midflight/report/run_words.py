"""What an upgrade tells while it works, as lines for people."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING

from midflight.report.visible import one_line
from midflight.runner.events import (
    Blocker,
    BlockerEnded,
    GatesIgnored,
    InstanceUnknown,
    LockWaiting,
    OldTransactions,
    RevisionEdited,
    RevisionRetried,
    RevisionsLeft,
    RevisionStarted,
    RunFinished,
    RunStarted,
    StepFinished,
    StepProgress,
    StepSkipped,
    WaitingForDeployer,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

Wait = LockWaiting | StepProgress | WaitingForDeployer | RevisionRetried
"""Events that come again and again while something is waited for."""
NOTABLE_SECONDS = 0.1
"""A step that has waited for longer says so."""
INDENT = "  "


@singledispatch
def words(event: object) -> str | None:  # noqa: ARG001 - what has no words of its own
    """Return the line for an event; None for one that only a bar shows."""
    return None


@words.register
def _(event: RunStarted) -> str:
    return f"{event.direction}: {_revisions(event.revisions)}" if event.revisions else "nothing to do"


@words.register
def _(event: RevisionEdited) -> str:
    return one_line(f"warning: {event.file} ({event.revision}) was edited after it was applied here")


@words.register
def _(event: InstanceUnknown) -> str:
    built = ", ".join(event.revisions)
    return one_line(f"{event.instance} was built for {built}, which this history does not have: taken for a newer one")


@words.register
def _(event: GatesIgnored) -> str:
    return one_line(f"warning: {event.revision} is applied all the same: {'; '.join(event.reasons)}")


@words.register
def _(event: RevisionsLeft) -> str:
    then = f", and what builds upon it: {', '.join(event.others)}" if event.others else ""
    go_on = "when its gates are open (midflight status): midflight upgrade --phase contract"
    return one_line(f"left for the contract phase: {', '.join(event.contracts)}{then}; {go_on}")


@words.register
def _(event: RevisionStarted) -> str:
    return one_line(f"{event.revision}: {event.title} ({event.place} of {event.total})")


@words.register
def _(event: StepSkipped) -> str:
    return INDENT + one_line(f"done already: {event.says}")


@words.register
def _(event: StepFinished) -> str:
    waited = f", {_seconds(event.waited)} of it waiting" if event.waited > NOTABLE_SECONDS else ""
    return INDENT + one_line(f"{event.says}: {_seconds(event.seconds)}{waited}")


@words.register
def _(event: OldTransactions) -> str:
    return INDENT + one_line(f"{event.says}: it has to wait for old transactions{_in_the_way(event.blockers)}")


@words.register
def _(event: BlockerEnded) -> str:
    return INDENT + one_line(f"{event.how}: {event.blocker}")


@words.register
def _(event: RunFinished) -> str | None:
    return f"done: {_revisions(event.revisions)} in {_seconds(event.seconds)}" if event.revisions else None


def waiting_words(event: Wait) -> str:
    """Say what is waited for, and who is in the way."""
    match event:
        case WaitingForDeployer():
            return one_line(f"waiting for another upgrade: {event.holder or 'its session cannot be seen'}")
        case StepProgress():
            percent = f" {100 * event.done // event.total}%" if event.total else ""
            return INDENT + one_line(f"{event.says}: {event.phase or 'waiting'}{percent}{_in_the_way(event.blockers)}")
        case RevisionRetried():
            what = f"{event.revision} is taken back and tried again: {event.says}"
            return INDENT + one_line(what + _in_the_way(event.blockers))
        case LockWaiting():
            what = f"waiting {event.waited:.0f} s for a lock: {event.says}"
            return INDENT + one_line(what + _in_the_way(event.blockers))


def _in_the_way(blockers: Sequence[Blocker]) -> str:
    return f"; in the way: {'; '.join(map(str, blockers))}" if blockers else ""


def _revisions(ids: Sequence[str]) -> str:
    return f"{len(ids)} revision{'s' * (len(ids) != 1)}"


def _seconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"
