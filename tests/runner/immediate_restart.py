"""``pg_ctl restart -m immediate`` of a throw-away server: nothing is written down, all sessions are gone at once."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

from midflight.shadow.account import server_account
from midflight.shadow.programs import surroundings

SECONDS = 60


def restart_immediately(folder: Path) -> None:
    """Restart the server of a work folder with the options that it was started with; it lets in again afterwards.

    Whoever made the folder ends the new server too: by its data directory, not by its process.
    """
    data = folder / "data"
    program, *_ = shlex.split((data / "postmaster.opts").read_text())
    programs = Path(program).parent
    log = folder / "log-of-restarts"  # the first log is of who started it, whom root has lent another account
    how = ("restart", "-m", "immediate", "-t", f"{SECONDS}")
    command: list[str | Path] = [programs / "pg_ctl", *how, "-D", data, "-l", log]
    subprocess.run(
        command,
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        timeout=2 * SECONDS,
        **surroundings(server_account(), folder, libraries=programs.parent / "lib"),
    )
