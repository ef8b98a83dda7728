from __future__ import annotations

import os
import pty
import subprocess
import sys

PROGRAM = """
import time
from midflight.checks.result import Progress
from midflight.cli.progress import shown_progress
with shown_progress("auto") as show:
    show(Progress(0, 0, "starting the shadow"))
    for done in range(3):
        show(Progress(done, 3, "[red]create orders[/red] \\x1b[2J"))
        time.sleep(0.3)
print("report")
"""


def test_a_terminal_shows_a_bar_that_is_gone_at_the_end() -> None:
    leader, follower = pty.openpty()
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "100"}
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=follower, env=environment
    ) as process:
        os.close(follower)
        shown = read_all(leader)
        assert process.stdout is not None
        assert process.stdout.read() == b"report\n"
        assert process.wait(60) == 0
    os.close(leader)
    assert "2/3" in shown
    assert r"[red]create orders[/red] \x1b[2J" in shown
    assert shown.rstrip().endswith("\x1b[2K")  # the last thing is that the line is cleared


def read_all(descriptor: int) -> str:
    """Read what a terminal shows until its last writer has gone."""
    parts = []
    while True:
        try:
            part = os.read(descriptor, 65_536)
        except OSError:  # Linux says so with an error
            break
        if not part:
            break
        parts.append(part)
    return b"".join(parts).decode()


def test_a_pipe_shows_none() -> None:
    for variables in ({}, {"FORCE_COLOR": "1"}):
        environment = os.environ | {"TERM": "xterm"} | variables
        ran = subprocess.run(
            [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, env=environment, timeout=60
        )
        assert (ran.stdout, ran.stderr) == ("report\n", "")
