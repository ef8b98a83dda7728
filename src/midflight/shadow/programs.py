"""Running a server's programs: under the right account, away from the terminal, never outliving us."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from midflight.errors import ShadowError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from midflight.shadow.account import Account

SHOWN_LINES = 8
FULL_BYTES = 2**20


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a program answered."""

    code: int
    output: str
    errors: str


def surroundings(account: Account, folder: Path, *, libraries: Path | None = None) -> dict[str, Any]:
    """Return the arguments of ``subprocess`` for a program that works in ``folder``.

    Its environment is made anew: a PGDATA or PGOPTIONS of the user's must not reach the shadow. A session of its own
    keeps the terminal's Ctrl-C away from it.
    """
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC", "HOME": str(folder)}
    if libraries is not None:
        environment["DYLD_LIBRARY_PATH" if sys.platform == "darwin" else "LD_LIBRARY_PATH"] = str(libraries)
    arguments: dict[str, Any] = {"cwd": folder, "env": environment, "start_new_session": True, "umask": 0o022}
    if account.lent:
        arguments |= {"user": account.uid, "group": account.gid, "extra_groups": []}
    return arguments


async def run_program(command: Sequence[str | Path], arguments: dict[str, Any]) -> Outcome:
    """Run a short program to its end; a cancellation kills it and what it started.

    Raises:
        ShadowError: where it cannot be started.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            **arguments,
        )
    except OSError as error:
        msg = f"{command[0]} could not be started: {error.strerror}"
        raise ShadowError(msg) from None
    try:
        output, errors = await process.communicate()
    except BaseException:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        raise
    return Outcome(process.returncode or 0, output.decode(errors="replace"), errors.decode(errors="replace"))


def explain_failure(program: str, text: str, folder: Path) -> ShadowError:
    """Turn what a program left in its log or its error output into an error with the reason in front.

    A full disk shows as a crash in the middle of something; so the disk of ``folder``, where it worked, is looked at.
    """
    if "No space left on device" in text or shutil.disk_usage(folder).free < FULL_BYTES:
        return ShadowError(f"{program} failed: the disk that holds {folder} is full (No space left on device)")
    missing = re.search(r"loading shared libraries: (\S+?):|Library not loaded: (\S+)", text)
    if missing:
        library = missing[1] or missing[2]
        hint = f"install the package of this system that holds {library}, or name a server by --shadow URL"
        return ShadowError(f"{program} needs the shared library {library}, which this system lacks", hint=hint)
    lines = [line for line in text.splitlines() if line.strip()]
    return ShadowError("\n".join([f"{program} failed:", *lines[-SHOWN_LINES:]]))
