"""The walk from the baseline to the heads; a revision that leaves its database in an unknown state costs a new one."""

from __future__ import annotations

import contextlib
import time
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

import asyncpg

from midflight.bridge.baseline import load_baseline
from midflight.bridge.imports import imported_models
from midflight.bridge.walk import Direction, StepFailure, Walk
from midflight.checks.absence import explain_absence
from midflight.checks.ground import (
    INSUFFICIENT_RESOURCES,
    LOSSES,
    Ground,
    cannot_go_on,
    drop_roles_of_revisions,
    lay_sql,
    prepare_ground,
)
from midflight.checks.proof import Proof, prove
from midflight.checks.result import Progress, RevisionResult
from midflight.checks.verdict import not_run, result_of
from midflight.errors import BaselineError, DatabaseError, MidflightError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from midflight.bridge.environment import Environment
    from midflight.bridge.project import Project, Revision
    from midflight.bridge.thread import ProjectThread
    from midflight.checks.request import Conditions
    from midflight.pg.addresses import Address
    from midflight.shadow.shadow import Shadow


class Walking:
    """One walk over a history."""

    def __init__(
        self,
        conditions: Conditions,
        shadow: Shadow,
        thread: ProjectThread,
        project: Project,
        environment: Environment,
    ) -> None:
        self._conditions = conditions
        self._shadow = shadow
        self._thread = thread
        self._project = project
        self._environment = environment
        self._applied: list[Revision] = []
        self._broken: set[str] = set()
        self._results: list[RevisionResult] = []

    async def run(
        self, history: tuple[Revision, ...], wanted: frozenset[str], report: Callable[[Progress], None]
    ) -> list[RevisionResult]:
        """Walk the whole history and return what came of the revisions that are wanted."""
        waiting = deque(history)
        try:
            while waiting:
                async with self._new_ground() as (ground, walk):
                    while waiting:
                        revision = waiting.popleft()
                        report(Progress(len(history) - len(waiting) - 1, len(history), revision.title))
                        if await self._state_is_lost_by(ground, walk, revision, is_wanted=revision.id in wanted):
                            break
        except asyncpg.InsufficientResourcesError as error:
            raise cannot_go_on(self._shadow.facts, error.sqlstate, str(error)) from error
        except LOSSES as error:
            raise DatabaseError(f"{self._shadow.facts.where} went away: {error}") from error
        return self._results

    @contextlib.asynccontextmanager
    async def _new_ground(self) -> AsyncIterator[tuple[Ground, Walk]]:
        """Make a database in the state after the revisions that are applied so far."""
        version_table = frozenset({self._environment.version_table})
        async with self._new_database() as address, prepare_ground(self._shadow, address, version_table) as ground:
            walk = Walk(self._thread, self._project, self._environment, ground.tracer.address)
            try:
                await self._lay_baseline(ground, walk)
                await self._connect(ground, walk)
                for revision in self._applied:
                    await self._apply_again(ground, walk, revision)
                await ground.look()
                yield ground, walk
            finally:
                await self._thread.finish(walk.hang_up)

    @contextlib.asynccontextmanager
    async def _new_database(self) -> AsyncIterator[Address]:
        address = await self._shadow.create_database()
        try:
            yield address
        except BaseException:
            with contextlib.suppress(DatabaseError):  # what went wrong first is to be told
                await self._shadow.drop_database(address)
            raise
        await self._shadow.drop_database(address)
        await drop_roles_of_revisions(self._conditions, self._shadow)

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
        if proof.failure is None or proof.failure.only_alone:
            self._applied.append(revision)
        else:
            self._broken.add(revision.id)
        if is_wanted or proof.failure is not None:  # one that fails is told even where nobody asked about it
            hazards, models = self._conditions.hazards.of_statements, imported_models(revision.path)
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
        proof = await prove(ground, walk, revision, self._conditions.time_limit)
        for statement in proof.statements:
            if statement.sqlstate is not None and statement.sqlstate.startswith(INSUFFICIENT_RESOURCES):
                raise cannot_go_on(self._shadow.facts, statement.sqlstate, statement.error or "")
        return proof

    async def _apply(self, ground: Ground, walk: Walk, revision: Revision) -> Proof:
        before = ground.snapshot
        failure = await self._step_up(ground, walk, revision)
        await ground.look()
        return Proof(before, (), failure, state_is_lost=failure is not None and not failure.only_alone)

    async def _apply_again(self, ground: Ground, walk: Walk, revision: Revision) -> None:
        """Apply a revision on a new database; it passed on the one before."""
        failure = await self._step_up(ground, walk, revision)
        if failure and not failure.only_alone:
            again = "it passed, but not again on a new database of the same server"
            raise MidflightError(f"{revision.path}: {again}: {failure.reason}", hint="what did it leave on the server?")

    async def _step_up(self, ground: Ground, walk: Walk, revision: Revision) -> StepFailure | None:
        return await walk.step(Direction.UP, revision, limit=self._conditions.time_limit, cut_off=ground.cut_off)
