"""The command line as a user calls it: a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]
SECONDS = 120


@pytest.fixture
def midflight() -> Run:
    """Run ``midflight`` with arguments; variables that change its output are unset, or set by keyword."""

    def run(*arguments: str, stdin: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
        kept = {
            name: text
            for name, text in os.environ.items()
            if name not in {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM", "SHELL"}
            and (not name.startswith("MIDFLIGHT_") or name == "MIDFLIGHT_CACHE_DIR")
        }
        return subprocess.run(
            [sys.executable, "-m", "midflight", *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
            env=kept | variables,
        )

    return run
