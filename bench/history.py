"""What a check of a real history costs, against a plain upgrade of the same history on the same kind of server."""

from __future__ import annotations

import asyncio
import os
import subprocess
import time
from typing import TYPE_CHECKING

from bench.applications import PREFECT
from bench.environments import config_of, install

from midflight.shadow.choice import ShadowChoice
from midflight.shadow.opening import open_shadow

if TYPE_CHECKING:
    from pathlib import Path

PLAIN_UPGRADE = """
import anyio
from prefect.server.database.alembic_commands import alembic_upgrade

async def main():  # Prefect's env.py runs online in a worker thread alone
    await anyio.to_thread.run_sync(alembic_upgrade)

anyio.run(main)
"""


def measure(runs: int = 3) -> dict[str, float]:
    """Time both as whole processes, in turns; return medians and the median of the ratios, pair by pair."""
    folder = install(PREFECT)
    _check(folder)  # the embedded server is unpacked by the first
    pairs = [(_check(folder), asyncio.run(_plain(folder))) for _ in range(runs)]
    return {
        "history_ratio": _median([check / plain for check, plain in pairs]),
        "history_check_seconds": _median([check for check, _ in pairs]),
        "history_plain_seconds": _median([plain for _, plain in pairs]),
    }


def _check(folder: Path) -> float:
    command = [
        folder / "bin" / "midflight",
        "check",
        "--config",
        config_of(PREFECT, folder),
        "--shadow",
        "embedded",
        "--no-cache",
    ]
    began = time.perf_counter()
    ran = subprocess.run(
        [*command, "--format", "json", "--no-cache"],
        env={**os.environ, **PREFECT.environment},
        capture_output=True,
        check=False,
    )
    seconds = time.perf_counter() - began
    if ran.returncode > 1:
        raise RuntimeError(ran.stderr.decode())
    return seconds


async def _plain(folder: Path) -> float:
    async with open_shadow(ShadowChoice("embedded")) as shadow:
        variables = {"PREFECT_API_DATABASE_CONNECTION_URL": shadow.address.url("postgresql+asyncpg")}
        began = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            folder / "bin" / "python", "-c", PLAIN_UPGRADE, env={**os.environ, **variables}
        )
        if await process.wait():
            msg = "the plain upgrade failed"
            raise RuntimeError(msg)
        return time.perf_counter() - began


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]
