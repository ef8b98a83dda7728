"""Contracts with their gates, backfills and live instances, as lines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from midflight.phases.gates import rows_done
from midflight.report.amounts import duration
from midflight.report.lines import Line, code, said
from midflight.report.visible import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from midflight.bridge.project import Revision
    from midflight.phases.facts import Backfill, LiveInstance
    from midflight.phases.gates import Gate

ENDED_SHOWN = 3
"""Backfills that have ended, of which the newest are shown."""
_GOOD, _BAD = "green", "bold yellow"


def contract_lines(revision: Revision, gates: Iterable[Gate], *, is_known: bool) -> Iterator[Line]:
    """Tell a contract revision that waits, and what holds it back.

    Args:
        revision: the contract revision.
        gates: those of it that are shut.
        is_known: whether gates could be seen at all.
    """
    title = "" if revision.title == revision.id else f"  {one_line(revision.title)}"
    yield Line(Text.assemble((one_line(revision.id), "bold"), title), 1, 1)
    shut = tuple(gates)
    for gate in shut:
        yield from gate_lines(gate, depth=2)
    if not is_known:
        yield said("its gates cannot be seen", "dim", depth=2)
    elif not shut:
        yield said("its gates are open: midflight upgrade --phase contract", _GOOD, depth=2)


def gate_lines(gate: Gate, *, depth: int) -> Iterator[Line]:
    """Tell a gate that is shut, and what opens it."""
    yield said(f"held back: {gate.reason}", _BAD, depth=depth, hanging=1)
    yield from (
        code(gate.hint, "green", depth=depth + 1) if gate.kind == "backfill" else [said(gate.hint, depth=depth + 1)]
    )


def shown_backfills(backfills: Iterable[Backfill]) -> tuple[Backfill, ...]:
    """Return those that are under way, and the newest of those that have ended."""
    all_of_them = tuple(backfills)
    ended = [one for one in all_of_them if one.has_ended][-ENDED_SHOWN:]
    return tuple(one for one in all_of_them if not one.has_ended or one in ended)


def backfill_lines(backfill: Backfill) -> Iterator[Line]:
    """Tell how far a backfill is."""
    style = _BAD if backfill.state == "failed" or backfill.failures else ""
    text = f"{backfill.name} of {backfill.table}: {backfill.state}, {rows_done(backfill)}"
    yield said(text, style, depth=1, hanging=1)
    if backfill.error:
        yield said(backfill.error, _BAD, depth=2, hanging=1)
    if backfill.workers:
        workers = "1 worker" if backfill.workers == 1 else f"{backfill.workers} workers"
        yield said(f"{workers}{f'; brake: {backfill.brake}' if backfill.brake else ''}", "dim", depth=2, hanging=1)


def instance_lines(instance: LiveInstance, *, is_unknown: bool) -> Iterator[Line]:
    """Tell an instance, and for which revisions it was built."""
    built = ", ".join(instance.revisions)
    unknown = ", which this history does not have: taken for a newer one" if is_unknown else ""
    yield said(f"{instance}: built for {built}{unknown}; seen {duration(instance.seconds)} ago", depth=1, hanging=1)
