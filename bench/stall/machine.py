"""What the machine is, and how busy it was."""

from __future__ import annotations

import os
import platform
from pathlib import Path


def description() -> str:
    """Describe the machine in a few words."""
    model = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.machine(),
    )
    memory = next((int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    return f"{os.cpu_count()} cores ({model}), {memory / 2**20:.0f} GiB of memory, Python {platform.python_version()}"


class Busyness:
    """How busy all processors are, from when it is made; 0 where there is no /proc."""

    def __init__(self) -> None:
        self._before = _ticks()

    def share(self) -> float:
        """Return the share of the time, from 0 to 1, in which processors were not idle."""
        idle, all_ = (now - before for now, before in zip(_ticks(), self._before, strict=True))
        return 1 - idle / all_ if all_ else 0.0


def _ticks() -> tuple[int, int]:
    words = next(iter(_lines("/proc/stat")), "").split()[1:9]
    ticks = [int(word) for word in words] or [0] * 8
    return ticks[3] + ticks[4], sum(ticks)


def _lines(file: str) -> list[str]:
    try:
        return Path(file).read_text().splitlines()
    except OSError:
        return []
