"""Loads a project, its settings and its history in the project's own thread, within its time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from traceback import FrameSummary, extract_tb
from typing import TYPE_CHECKING

from midflight.bridge.explaining import innermost
from midflight.bridge.project import Project, Revision, load_project
from midflight.bridge.thread import CodeExitedError, ProjectThread, TimeIsUpError
from midflight.errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Callable

    from midflight.bridge.environment import Environment
    from midflight.bridge.project import ProjectSource


@dataclass(frozen=True, slots=True)
class Loaded:
    """A project with its settings and its history."""

    project: Project
    environment: Environment
    history: tuple[Revision, ...]


async def load(
    thread: ProjectThread, source: ProjectSource, limit: float, read: Callable[[Project], Environment]
) -> Loaded:
    """Load the project, its settings and its history, in this order: env.py may say where the revisions are.

    Args:
        thread: where the project's code runs.
        source: where the project is.
        limit: seconds that it may take.
        read: reads env.py.

    Raises:
        ProjectError: it could not be loaded; its place and the reason are named.
    """

    def work() -> Loaded:
        project = load_project(source)
        environment = read(project)
        return Loaded(project, environment, project.history())

    stood: list[FrameSummary] = []
    try:
        return await thread.run(work, limit=limit, cut_off=lambda: stood.extend(thread.stack()))
    except (TimeIsUpError, CodeExitedError) as error:
        frame = innermost(stood or extract_tb(error.__traceback__), Path.cwd())
        place = f"{frame.filename}, line {frame.lineno}" if frame else "the project could not be loaded"
        raise ProjectError(f"{place}: {error}") from error
