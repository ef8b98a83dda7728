"""Gates: what holds a contract revision back. Pure: from facts to the gates that are shut."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from midflight.phases.facts import Backfill, Facts, LiveInstance
    from midflight.phases.history import History

NAMED = 5
"""Instances that one gate names; of more it tells the number."""
_COMMANDS = {"paused": "resume", "failed": "retry"}
"""The command that helps a backfill on, by its state; the others need a worker."""
_STATES = {"pending": "has not begun", "verifying": "is being verified", "paused": "is paused", "failed": "has failed"}


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate that is shut."""

    contract: str
    """The contract revision that it holds back."""
    kind: Literal["backfill", "instance"]
    reason: str
    hint: str
    """What opens it."""


def shut_gates(contract: str, history: History, facts: Facts) -> tuple[Gate, ...]:
    """Return the gates of a contract revision that are shut; none where it may be applied.

    A backfill holds it back that a revision before it has registered, or nobody knows which, and that is neither
    verified nor cancelled; an instance of the application does that was built for a history without it.
    """
    before = history.ancestors(contract)
    backfills = (one for one in facts.backfills if not one.has_ended and one.revision in {*before, None})
    instances = [one for one in facts.instances if _needs_old_shape(one, contract, history)]
    return (*(_of_backfill(contract, one) for one in backfills), *_of_instances(contract, instances))


def strangers(history: History, facts: Facts) -> tuple[LiveInstance, ...]:
    """Return the instances that were built for a revision which the history does not have: they count as newer."""
    return tuple(one for one in facts.instances if not _is_known(one, history))


def _is_known(instance: LiveInstance, history: History) -> bool:
    return all(id_ in history.nodes for id_ in instance.revisions)


def _needs_old_shape(instance: LiveInstance, contract: str, history: History) -> bool:
    """Tell whether an instance was built before the contract: none of its revisions builds upon it."""
    if not _is_known(instance, history):
        return False
    return not any(contract in history.ancestors(id_) for id_ in instance.revisions)


def _of_backfill(contract: str, backfill: Backfill) -> Gate:
    says = _STATES.get(backfill.state, "is running")
    error = f" ({backfill.error})" if backfill.error else ""
    whose = "" if backfill.revision else ", which no known revision has registered,"
    reason = f"the backfill {backfill.name} of {backfill.table}{whose} {says}{error}: {rows_done(backfill)}"
    return Gate(contract, "backfill", reason, _command(backfill))


def rows_done(backfill: Backfill) -> str:
    """Say how far a backfill is, such as ``1,200 of about 50,000 rows done, 3 rows failed``."""
    of = f" of about {max(backfill.rows_estimated, backfill.rows_read):,}" if backfill.rows_estimated else ""
    failed = f", {backfill.failures:,} failed" if backfill.failures else ""
    return f"{backfill.rows_read:,}{of} rows done{failed}"


def _command(backfill: Backfill) -> str:
    """Return the command that helps it on; one that is at work already is only looked at."""
    deed = _COMMANDS.get(backfill.state) or ("status" if backfill.workers else "run")
    return f"midflight backfill {deed} {shlex.quote(backfill.name)}"


def _of_instances(contract: str, instances: Iterable[LiveInstance]) -> Iterable[Gate]:
    """Return a gate for each release of an application that is still alive."""
    releases: dict[tuple[str, str | None, tuple[str, ...]], list[LiveInstance]] = {}
    for one in instances:
        releases.setdefault((one.application, one.version, one.revisions), []).append(one)
    for (application, version, revisions), alive in releases.items():
        what = f"{application} {version}" if version else application
        number = "an instance" if len(alive) == 1 else f"{len(alive)} instances"
        reason = f"{number} of {what}, built for {', '.join(revisions)}, may need the old shape: {_places(alive)}"
        hint = f"end the instances that were built before {contract}; one that is silent for a minute counts as gone"
        yield Gate(contract, "instance", reason, hint)


def _places(instances: list[LiveInstance]) -> str:
    named = ", ".join(f"{one.host} (process {one.process})" for one in instances[:NAMED])
    more = len(instances) - NAMED
    return f"{named} and {more} more" if more > 0 else named
