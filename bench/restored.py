"""What a second check costs: of Prefect with nothing changed, and of 300 revisions with one more on top."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.applications import PREFECT
from bench.environments import config_of, install
from bench.written import write_revisions

TABLES, REVISIONS = 100, 300


def measure(runs: int = 3) -> dict[str, float]:
    """Time whole processes; the medians. Each has a cache of its own, so that the first check is one."""
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="mf-") as folder:
        Path(folder).chmod(0o755)
        environment = {**os.environ, "MIDFLIGHT_CACHE_DIR": f"{folder}/cache", "MIDFLIGHT_SHADOW": "embedded"}
        return {**_unchanged(environment, runs), **_one_new(Path(folder), environment, runs)}


def _unchanged(environment: dict[str, str], runs: int) -> dict[str, float]:
    folder = install(PREFECT)
    command = [folder / "bin" / "midflight", "check", "--config", config_of(PREFECT, folder), "--format", "json"]
    environment = {**environment, **PREFECT.environment}
    _timed(command, environment)
    return {"unchanged_seconds": _median([_timed(command, environment) for _ in range(runs)])}


def _one_new(folder: Path, environment: dict[str, str], runs: int) -> dict[str, float]:
    """Each run adds one revision more."""
    project = folder / "project"
    project.mkdir()
    command = [sys.executable, "-m", "midflight", "check", "--format", "json", "--config", project / "alembic.ini"]
    write_revisions(project, tables=TABLES, revisions=REVISIONS)
    first = _timed([*command, "--baseline", project / "baseline.sql"], environment)
    seconds = []
    for number in range(runs):
        write_revisions(project, tables=TABLES, revisions=REVISIONS + number + 1)
        seconds.append(_timed([*command, "--baseline", project / "baseline.sql"], environment))
    return {"one_new_seconds": _median(seconds), "all_300_seconds": first}


def _timed(command: list[str | Path], environment: dict[str, str]) -> float:
    began = time.perf_counter()
    ran = subprocess.run(command, env=environment, capture_output=True, check=False)
    seconds = time.perf_counter() - began
    if ran.returncode > 1:
        raise RuntimeError(ran.stderr.decode())
    return seconds


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]
