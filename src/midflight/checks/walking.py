"""The walk from the baseline to the heads; a revision that leaves its database in an unknown state costs a new one."""

from __future__ import annotations

import contextlib
import time
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import asyncpg

from midflight.bridge.baseline import load_baseline
from midflight.bridge.imports import imported_models
from midflight.bridge.walk import Direction, StepFailure, Walk
from midflight.checks.absence import explain_absence
from midflight.checks.earlier import Left
from midflight.checks.ground import (
    INSUFFICIENT_RESOURCES,
    LOSSES,
    Ground,
    cannot_go_on,
    drop_roles_of_revisions,
    lay_sql,
    prepare_ground,
)
from midflight.checks.preparing import PREPARING, touched_tables
from midflight.checks.proof import Proof, prove
from midflight.checks.result import Progress, RevisionResult, RoundTripStatus
from midflight.checks.stepping import RowsFailure, on_rows, step
from midflight.checks.verdict import not_run, result_of
from midflight.errors import BaselineError, DatabaseError, MidflightError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from midflight.bridge.environment import Environment
    from midflight.bridge.project import Project, Revision
    from midflight.bridge.thread import ProjectThread
    from midflight.checks.request import Conditions
    from midflight.pg.addresses import Address
    from midflight.pg.identifiers import QualifiedName
    from midflight.rows import Unfilled
    from midflight.shadow.shadow import Shadow


NEAR = 10
"""Revisions that are applied again so quickly that a database without them is as good."""


@dataclass(frozen=True, slots=True)
class Past:
    """What an earlier walk has done already."""

    revisions: tuple[Revision, ...] = ()
    """The first ones of the history, which passed and need not be proven again."""
    left: Left | None = None
    """The database that it left; None where it is not there any more."""


class Walking:
    """One walk over a history."""

    def __init__(  # noqa: PLR0917 - a walk has all of these and is made in one place
        self,
        conditions: Conditions,
        shadow: Shadow,
        thread: ProjectThread,
        project: Project,
        environment: Environment,
        past: Past,
    ) -> None:
        self._conditions = conditions
        self._shadow = shadow
        self._thread = thread
        self._project = project
        self._environment = environment
        self._applied: list[Revision] = list(past.revisions)
        self._past = past
        self._inherited = past.left
        self._broken: set[str] = set()
        self._waiting: deque[Revision] = deque()
        self._failed_on_rows: dict[str, RowsFailure] = {}
        self.unfilled: dict[QualifiedName, Unfilled] = {}
        """Tables that held no rows while a revision was proven, since none could be made for them."""
        self.without_rows: dict[str, str] = {}
        """Revisions whose own code failed on the rows, and how."""
        self.tables: dict[str, frozenset[str]] = {}
        """The tables that each revision touches which says that it prepares for a contract."""
        self._results: list[RevisionResult] = []
        self.left: Left | None = None
        """The database that this walk has left; None where it would be of no use to another."""

    async def run(
        self, history: tuple[Revision, ...], wanted: frozenset[str], report: Callable[[Progress], None]
    ) -> list[RevisionResult]:
        """Walk the rest of the history and return what came of the revisions that are wanted."""
        waiting = self._waiting = deque(history[len(self._applied) :])
        try:
            while waiting:
                async with self._new_ground() as (ground, walk):
                    is_lost = False
                    while waiting and not is_lost:
                        revision = waiting.popleft()
                        report(Progress(len(history) - len(waiting) - 1, len(history), revision.title))
                        is_lost = await self._state_is_lost_by(ground, walk, revision, is_wanted=revision.id in wanted)
                    if not is_lost:
                        self.left = await self._leave(ground, walk, history)
            if self.left is None:
                self.left = await self._leave_another(history)
        except asyncpg.InsufficientResourcesError as error:
            raise cannot_go_on(self._shadow.facts, error.sqlstate, str(error)) from error
        except LOSSES as error:
            raise DatabaseError(f"{self._shadow.facts.where} went away: {error}") from error
        return self._results

    @contextlib.asynccontextmanager
    async def _new_ground(self) -> AsyncIterator[tuple[Ground, Walk]]:
        """Make a database in the state after the revisions that are applied so far."""
        version_table = frozenset({self._environment.version_table})
        inherited, self._inherited = self._inherited, None
        filled = inherited.filled if inherited else frozenset[int]()
        async with (
            self._database(inherited) as address,
            prepare_ground(self._shadow, address, version_table, filled) as ground,
        ):
            walk = Walk(self._thread, self._project, self._environment, ground.tracer.address)
            try:
                if inherited is None:
                    await self._lay_baseline(ground, walk)
                await self._connect(ground, walk)
                for revision in self._applied[inherited.applied if inherited else 0 :]:
                    await self._apply_again(ground, walk, revision)
                await ground.look()
                yield ground, walk
            finally:
                await self._thread.finish(walk.hang_up)

    @contextlib.asynccontextmanager
    async def _database(self, inherited: Left | None) -> AsyncIterator[Address]:
        """Take the database of an earlier walk, or a new one; it is dropped, unless this walk leaves it to another."""
        address = self._shadow.adopt(inherited.database) if inherited else await self._shadow.create_database()
        try:
            yield address
        except BaseException:
            with contextlib.suppress(DatabaseError):  # what went wrong first is to be told
                await self._shadow.drop_database(address)
            raise
        if self.left is not None and self.left.database == address.database:
            return
        await self._shadow.drop_database(address)
        await drop_roles_of_revisions(self._conditions, self._shadow)

    async def _leave(self, ground: Ground, walk: Walk, history: tuple[Revision, ...]) -> Left | None:
        """Leave the database to a later walk: as it was before the last revision, which is the one that is edited most.

        None where its way back does not lead there.
        """
        if not self._is_of_use(history):
            return None
        last = self._last_proven()
        if last is None:
            return Left(ground.address.database, len(self._applied), ground.rows.filled)
        if last.round_trip.status is not RoundTripStatus.SAME:
            return None
        failure = await self._step(Direction.DOWN, ground, walk, self._applied[-1])
        return None if failure else Left(ground.address.database, len(self._applied) - 1, ground.rows.filled)

    async def _leave_another(self, history: tuple[Revision, ...]) -> Left | None:
        """Leave the database that was inherited, where it is not far behind; else make one."""
        if not self._is_of_use(history):
            return None
        past = self._past.left
        if past is not None and past.applied + NEAR >= len(self._applied):
            return past
        if self._last_proven() is not None:
            del self._applied[-1]
        async with self._new_ground() as (ground, _):
            self.left = Left(ground.address.database, len(self._applied))
        return self.left

    def _is_of_use(self, history: tuple[Revision, ...]) -> bool:
        """Tell whether a later walk could go on from here: what is applied must be the first part of the history."""
        is_new = self._conditions.cache and self._results and not self._thread.is_stuck
        return bool(is_new and self._applied) and self._applied == list(history[: len(self._applied)])

    def _last_proven(self) -> RevisionResult | None:
        """Return what came of the newest revision that is applied, where this walk has proven it."""
        last = self._results[-1]
        return last if last.id == self._applied[-1].id else None

    async def _lay_baseline(self, ground: Ground, walk: Walk) -> None:
        file, baseline, limit = self._conditions.baseline_file, self._conditions.baseline, self._conditions.time_limit
        if file is not None:
            await lay_sql(file, ground.address, self._shadow.facts)
        if file is not None or baseline is None:
            return
        folder = self._conditions.folder
        lay = await self._thread.run(lambda: load_baseline(baseline, folder), limit=limit)
        failure = await walk.run(lay, limit=limit, cut_off=ground.cut_off)
        if failure is not None:
            raise BaselineError(f"baseline {baseline}: {failure}", hint=explain_absence(failure, self._shadow.facts))

    async def _connect(self, ground: Ground, walk: Walk) -> None:
        """Let the project's driver connect now: the schema of the version table is no revision's doing."""
        failure = await walk.connect(limit=self._conditions.time_limit, cut_off=ground.cut_off)
        if failure is not None:
            driver = self._environment.driver
            raise DatabaseError(f"{self._shadow.facts.where}: {driver} cannot connect to it: {failure}")

    async def _state_is_lost_by(self, ground: Ground, walk: Walk, revision: Revision, *, is_wanted: bool) -> bool:
        """Take one revision, and tell whether the database's state is unknown after it."""
        if reason := self._why_not(revision):
            self._broken.add(revision.id)
            if is_wanted:
                self._results.append(not_run(revision, reason))
            return False
        began = time.perf_counter()
        proof = await (self._prove if is_wanted else self._apply)(ground, walk, revision)
        if self._fails_on_rows_perhaps(ground, revision, proof):
            self._waiting.appendleft(revision)
            return True
        if revision.declared_phase in PREPARING:
            self.tables[revision.id] = touched_tables(proof.up.statements)
        if proof.failure is None or proof.failure.only_alone:
            self._applied.append(revision)
        else:
            self._broken.add(revision.id)
        if is_wanted or proof.failure is not None:  # one that fails is told even where nobody asked about it
            hazards, models = self._conditions.hazards, imported_models(revision.path)
            result = result_of(revision, proof, self._environment, self._shadow.facts, hazards=hazards, models=models)
            self._results.append(replace(result, seconds=time.perf_counter() - began))
        return proof.state_is_lost and not self._thread.is_stuck

    def _why_not(self, revision: Revision) -> str | None:
        """Say why a revision cannot be run; None where it can."""
        if self._thread.is_stuck:
            return "the code of a revision before it would not end, and nothing can be run beside that"
        if self._broken.intersection(revision.parents + revision.depends_on):
            return "a revision that it builds upon did not run"
        return None

    async def _prove(self, ground: Ground, walk: Walk, revision: Revision) -> Proof:
        failed = self._failed_on_rows.get(revision.id)
        proof = await prove(ground, walk, revision, self._conditions.time_limit, with_rows=failed is None)
        if failed is not None and proof.failure is None:
            proof = replace(proof, up=replace(proof.up, on_rows=failed))
        self.unfilled.update({unfilled.table: unfilled for unfilled in ground.rows.unfilled})
        for stepped in filter(None, (proof.up, proof.down)):
            if stepped.on_rows and stepped.on_rows.sql is None:
                self.without_rows[revision.id] = stepped.on_rows.failure.reason
        for statement in proof.up.statements:
            if statement.sqlstate is not None and statement.sqlstate.startswith(INSUFFICIENT_RESOURCES):
                raise cannot_go_on(self._shadow.facts, statement.sqlstate, statement.error or "")
        return proof

    async def _apply(self, ground: Ground, walk: Walk, revision: Revision) -> Proof:
        before = ground.snapshot
        up = await step(ground, walk, Direction.UP, revision, self._conditions.time_limit)
        return Proof(before, up, state_is_lost=up.failure is not None and not up.failure.only_alone)

    def _fails_on_rows_perhaps(self, ground: Ground, revision: Revision, proof: Proof) -> bool:
        """Tell whether a failure may be due to rows, and this database cannot tell any more.

        Half of the revision was left behind, or rows that revisions inserted went with ours: on a new database there
        are those alone.
        """
        if revision.id in self._failed_on_rows or self._thread.is_stuck:
            return False
        failed = proof.up.suspect or (proof.down.suspect if proof.down else None)
        if failed is None and proof.state_is_lost:
            failed = on_rows(ground, proof.up) or (on_rows(ground, proof.down) if proof.down else None)
        if failed is None:
            return False
        self._failed_on_rows[revision.id] = failed
        return True

    async def _apply_again(self, ground: Ground, walk: Walk, revision: Revision) -> None:
        """Apply a revision on a new database; it passed on the one before."""
        failure = await self._step(Direction.UP, ground, walk, revision)
        if failure and not failure.only_alone:
            again = "it passed, but not again on a new database of the same server"
            raise MidflightError(f"{revision.path}: {again}: {failure.reason}", hint="what did it leave on the server?")

    async def _step(self, direction: Direction, ground: Ground, walk: Walk, revision: Revision) -> StepFailure | None:
        return await walk.step(direction, revision, limit=self._conditions.time_limit, cut_off=ground.cut_off)
