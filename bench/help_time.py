"""What ``midflight --help`` costs, beside a Python that imports argparse."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path


def measure(runs: int = 11) -> dict[str, float]:
    """Time both as whole processes, in turns; medians."""
    midflight = [Path(sys.executable).with_name("midflight"), "--help"]
    argparse = [sys.executable, "-c", "import argparse"]
    pairs = [(_time(midflight), _time(argparse)) for _ in range(runs)]
    seconds, beside = (sorted(times)[runs // 2] for times in zip(*pairs, strict=True))
    return {"help_seconds": seconds, "argparse_seconds": beside, "help_limit_seconds": 1.3 * beside + 0.1}


def _time(command: list[Path | str]) -> float:
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - began
