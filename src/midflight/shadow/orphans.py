"""Ending the server of a data directory, whoever started it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

PATIENCE_SECONDS = 10.0
"""An immediate shutdown is over in 5 s at most: then PostgreSQL kills its own processes.
https://www.postgresql.org/docs/current/server-shutdown.html"""
POLL_SECONDS = 0.005


def end_server(data: Path) -> None:
    """End the server that runs on this data directory, if one does, by an immediate shutdown."""
    process = running_server(data)
    if process is None:
        return
    give_up = time.monotonic() + PATIENCE_SECONDS
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGQUIT)
    while running_server(data) == process:
        if time.monotonic() > give_up:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
            return
        time.sleep(POLL_SECONDS)


def running_server(data: Path) -> int | None:
    """Return the process id of the server that runs on this data directory, verified by its command line.

    ``postmaster.pid`` alone is not enough: after a crash its number may belong to another program.
    """
    try:
        process = int((data / "postmaster.pid").read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return None
    return process if str(data) in command_line(process) else None


def command_line(process: int) -> str:
    """Return how a process was started; empty where there is no such process."""
    try:
        return Path(f"/proc/{process}/cmdline").read_text(errors="replace").replace("\0", " ")
    except OSError:
        pass
    ps = shutil.which("ps")
    if ps is None:
        return ""
    command = [ps, "-ww", "-o", "command=", "-p", str(process)]
    # a fixed program with a number
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout  # noqa: S603
