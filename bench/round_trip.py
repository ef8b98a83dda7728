"""What the snapshots of a round trip cost: 50 revisions over 500 tables, with them and without."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from pathlib import Path
from unittest import mock

from bench.written import write_revisions

from midflight.bridge.environment import read_environment
from midflight.bridge.project import ProjectSource, load_project
from midflight.bridge.thread import ProjectThread
from midflight.checks.ground import Ground
from midflight.checks.request import Conditions
from midflight.checks.rows_held import RowsHeld
from midflight.checks.walking import Past, Walking
from midflight.rows import Contents
from midflight.shadow.choice import ShadowChoice
from midflight.shadow.opening import open_shadow

TABLES, REVISIONS = 500, 50


def measure(runs: int = 3) -> dict[str, float]:
    """Time the walk with and without looking at the catalog, in turns; the ratio of the medians.

    Without rows, which are not what is measured here; the walk with rows is timed once, for comparison.
    """
    with tempfile.TemporaryDirectory() as folder:
        write_revisions(Path(folder), tables=TABLES, revisions=REVISIONS)
        with mock.patch.object(RowsHeld, "fill", _no_rows):
            pairs = [(asyncio.run(_walk(Path(folder))), asyncio.run(_walk_unseen(Path(folder)))) for _ in range(runs)]
        with_rows = asyncio.run(_walk(Path(folder)))
    seen, unseen = (sorted(times)[runs // 2] for times in zip(*pairs, strict=True))
    return {
        "round_trip_ratio": seen / unseen,
        "round_trip_seconds": seen,
        "round_trip_unseen_seconds": unseen,
        "round_trip_with_rows_seconds": with_rows,
    }


async def _no_rows(_: object, __: object) -> Contents:
    return Contents({})


async def _walk_unseen(folder: Path) -> float:
    async def keep(ground: Ground) -> object:
        return ground.snapshot

    with mock.patch.object(Ground, "look", keep):
        return await _walk(folder)


async def _walk(folder: Path) -> float:
    """Walk the history and return the seconds from the first revision on, when the baseline has been laid and read."""
    os.environ.pop("MIDFLIGHT_SHADOW", None)
    conditions = Conditions(ShadowChoice("embedded"), baseline=str(folder / "baseline.sql"))
    async with open_shadow(conditions.choice) as shadow:
        thread = ProjectThread()
        project = await thread.run(lambda: load_project(ProjectSource(folder / "alembic.ini")), limit=60)
        environment = await thread.run(lambda: read_environment(project, shadow.address), limit=60)
        history = project.history()
        began: list[float] = []
        walking = Walking(conditions, shadow, thread, project, environment, Past())
        results = await walking.run(
            history, frozenset(revision.id for revision in history), lambda _: began.append(time.perf_counter())
        )
        seconds = time.perf_counter() - began[0]
        failed = [result for result in results if result.reason]
        if failed:
            raise RuntimeError(failed[0].reason)
        return seconds
