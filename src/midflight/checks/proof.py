"""The proof of one revision: upgrade under watch, then downgrade and upgrade again with the catalog compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from midflight.bridge.walk import Direction, StepFailure, Walk
from midflight.catalog import SchemaDiff, Snapshot, diff
from midflight.checks.result import NO_ROUND_TRIP, RoundTrip, RoundTripStatus
from midflight.checks.stepping import Stepped, step, step_again
from midflight.rows import Contents, Loss

if TYPE_CHECKING:
    from collections.abc import Sequence

    from midflight.bridge.project import Revision
    from midflight.checks.ground import Ground


@dataclass(frozen=True, slots=True)
class Proof:
    """What a revision did on the shadow."""

    before: Snapshot
    up: Stepped
    round_trip: RoundTrip = NO_ROUND_TRIP
    state_is_lost: bool = False
    """Whether the database is no longer in the state that the history says: it must be made anew."""
    upgraded: Snapshot | None = None
    """The schema before the downgrade; None where it was not tried."""
    down: Stepped | None = None
    losses: tuple[Loss, ...] = ()
    """What the tables held before the upgrade and do not hold after the downgrade."""

    @property
    def failure(self) -> StepFailure | None:
        """Why the upgrade failed, if it did."""
        return self.up.failure


async def prove(ground: Ground, walk: Walk, revision: Revision, limit: float, *, with_rows: bool = True) -> Proof:
    """Prove one revision; where all goes well it is applied at the end.

    Args:
        ground: the database, in the state before the revision.
        walk: the way in which it is run.
        revision: the revision.
        limit: seconds that it may take in one direction.
        with_rows: whether the tables are given rows before.
    """
    before = ground.snapshot
    held = await ground.rows.fill(before) if with_rows else Contents({})
    up = await step(ground, walk, Direction.UP, revision, limit)
    upgraded = ground.snapshot
    if up.failure and not up.failure.only_alone:
        return Proof(before, up, state_is_lost=upgraded != before)
    down = await step(ground, walk, Direction.DOWN, revision, limit)
    losses = () if down.failure or down.on_rows or up.on_rows else await ground.rows.lost_since(held)
    round_trip = await _round_trip(ground, walk, revision, limit, before, upgraded, up, down)
    lost = round_trip.status is RoundTripStatus.FAILED or (
        round_trip.status is RoundTripStatus.IRREVERSIBLE and ground.snapshot != upgraded
    )
    return Proof(before, up, round_trip, lost, upgraded, down, losses)


async def _round_trip(  # noqa: PLR0917 - one place calls it
    ground: Ground,
    walk: Walk,
    revision: Revision,
    limit: float,
    before: Snapshot,
    upgraded: Snapshot,
    up: Stepped,
    down: Stepped,
) -> RoundTrip:
    """Compare what the downgrade left with what was before, upgrade again, and compare once more."""
    if down.failure:
        status = RoundTripStatus.IRREVERSIBLE if down.failure.not_implemented else RoundTripStatus.FAILED
        return RoundTrip(status, f"downgrade: {down.failure.reason}", down.failure.line)
    downgraded = ground.snapshot
    way_back = diff(before, downgraded)
    if way_back and downgraded == upgraded:  # it took nothing back: a second upgrade would only collide with the first
        await walk.mark_applied(revision, limit=limit)
        lines = tuple(way_back.lines())
        return RoundTrip(RoundTripStatus.DIFFERS, "downgrade() takes nothing back", after_downgrade=lines)
    failure = await step_again(ground, walk, revision, limit, up)
    if failure and not (failure.only_alone and up.failure):  # else it is the downgrade that left a type behind
        reason = f"second upgrade, after the downgrade: {failure.reason}"
        return RoundTrip(RoundTripStatus.FAILED, reason, failure.line, tuple(way_back.lines()))
    ways = (way_back, diff(upgraded, ground.snapshot))
    after_downgrade, after_second_upgrade = (() if _is_nothing(way) else tuple(way.lines()) for way in ways)
    return RoundTrip(
        _status([way for way in ways if not _is_nothing(way)]),
        after_downgrade=after_downgrade,
        after_second_upgrade=after_second_upgrade,
    )


def _is_nothing(difference: SchemaDiff) -> bool:
    return not difference or difference.is_picked_names_alone


def _status(differences: Sequence[SchemaDiff]) -> RoundTripStatus:
    if not differences:
        return RoundTripStatus.SAME
    reordered = all(difference.is_order_alone for difference in differences)
    return RoundTripStatus.REORDERED if reordered else RoundTripStatus.DIFFERS
