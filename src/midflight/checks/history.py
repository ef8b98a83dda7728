"""The check of an Alembic project: its history is walked from the baseline, and what was asked for is proven."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from traceback import FrameSummary, extract_tb
from typing import TYPE_CHECKING

from midflight.bridge.environment import Environment, read_environment
from midflight.bridge.explaining import innermost
from midflight.bridge.pending import pending
from midflight.bridge.project import Project, Revision, load_project
from midflight.bridge.ranges import changed_since, select
from midflight.bridge.thread import CodeExitedError, ProjectThread, TimeIsUpError
from midflight.checks.allowances import allowances_in_file
from midflight.checks.ground import lay_roles
from midflight.checks.result import CheckResult, Progress
from midflight.checks.sifting import sifted
from midflight.checks.verdict import findings_of_history
from midflight.checks.walking import Walking
from midflight.errors import ProjectError
from midflight.shadow.opening import open_shadow

if TYPE_CHECKING:
    from collections.abc import Callable

    from midflight.checks.request import HistoryRequest
    from midflight.pg.addresses import Address


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A project with its settings and its history."""

    project: Project
    environment: Environment
    history: tuple[Revision, ...]


async def check_history(request: HistoryRequest, report: Callable[[Progress], None]) -> CheckResult:
    """Check an Alembic project.

    Args:
        request: what to check, where and how.
        report: is told how far the check has come.

    Raises:
        ProjectError: the project could not be loaded.
        RangeError: what was asked for is not in its history.
        BaselineError: the baseline could not be applied.
        DatabaseError: the shadow could not be had, or went away.
    """
    began = time.perf_counter()
    conditions = request.conditions
    report(Progress(0, 0, "starting the shadow"))
    async with open_shadow(conditions.choice, start_limit=conditions.start_limit) as shadow:
        await lay_roles(conditions, shadow)
        report(Progress(0, 0, "loading the project"))
        thread = ProjectThread()
        loaded = await _load(thread, request, shadow.address)
        wanted = await _wanted(request, loaded)
        walking = Walking(conditions, shadow, thread, loaded.project, loaded.environment)
        results = await walking.run(loaded.history, wanted, report)
        return CheckResult(
            server=shadow.facts,
            subject=str(loaded.project.file),
            revisions=tuple(sifted(result, allowances_in_file(result.path), conditions) for result in results),
            findings=conditions.severities.weigh(
                findings_of_history(loaded.history, loaded.project.heads()), path=None
            ),
            skipped=len(loaded.history) - len(results),
            notes=(*_notes_of_history(loaded), *_notes(loaded.environment)),
            seconds=time.perf_counter() - began,
        )


async def _load(thread: ProjectThread, request: HistoryRequest, shadow: Address) -> _Loaded:
    """Load the project, its settings and its history, in this order: env.py may say where the revisions are."""

    def load() -> _Loaded:
        project = load_project(request.source)
        environment = read_environment(project, shadow)
        return _Loaded(project, environment, project.history())

    stood: list[FrameSummary] = []
    try:
        return await thread.run(load, limit=request.conditions.time_limit, cut_off=lambda: stood.extend(thread.stack()))
    except (TimeIsUpError, CodeExitedError) as error:
        frame = innermost(stood or extract_tb(error.__traceback__), Path.cwd())
        place = f"{frame.filename}, line {frame.lineno}" if frame else "the project could not be loaded"
        raise ProjectError(f"{place}: {error}") from error


async def _wanted(request: HistoryRequest, loaded: _Loaded) -> frozenset[str]:
    """Return the revisions that the user asks to be proven."""
    if request.since is not None:
        return changed_since(loaded.history, request.since)
    if request.pending:
        return await pending(loaded.project, loaded.environment, loaded.history, request.database)
    return select(loaded.project, loaded.history, request.range or "base:heads")


def _notes_of_history(loaded: _Loaded) -> tuple[str, ...]:
    absent = tuple(
        f"version_locations names {folder}, which is not there: its revisions were not seen"
        for folder in loaded.project.absent_folders()
    )
    return absent if loaded.history else (*absent, "the history holds no revision yet: nothing was proven")


def _notes(environment: Environment) -> tuple[str, ...]:
    notes = []
    if environment.foreign_dialect:
        notes.append(
            f"the project's own URL is of {environment.foreign_dialect}; "
            f"its revisions ran on PostgreSQL with {environment.driver}"
        )
    if environment.one_transaction:
        notes.append(
            "this project runs all revisions of one upgrade in one transaction: locks of the first are held until the "
            "last is done; transaction_per_migration=True in env.py ends that"
        )
    return tuple(notes)
