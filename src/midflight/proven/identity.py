"""What a proof rests upon besides the files that were read for it, as one digest."""

from __future__ import annotations

import hashlib
import os
import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import midflight

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

OF_THE_TERMINAL = frozenset(
    {
        "_",
        *("COLORTERM", "COLUMNS", "DISPLAY", "FORCE_COLOR", "LINES", "LS_COLORS", "NO_COLOR", "TERM", "VTE_VERSION"),
        *("TERM_PROGRAM", "TERM_PROGRAM_VERSION", "TERM_SESSION_ID", "ITERM_SESSION_ID", "TMUX", "TMUX_PANE", "STY"),
        *("WAYLAND_DISPLAY", "WINDOWID", "XAUTHORITY", "XDG_SESSION_ID", "DBUS_SESSION_BUS_ADDRESS", "GPG_TTY"),
        *("OLDPWD", "PROMPT_COMMAND", "PS1", "PWD", "SHLVL", "MIDFLIGHT_TRACEBACK", "PYTEST_CURRENT_TEST"),
    }
)
"""Variables that tell of the terminal, its session, or of a test. Every other one may mean something to a project."""


def identity(facts: Iterable[str]) -> str:
    """Return a digest of Midflight itself, Python, the environment's variables and further facts."""
    digest = hashlib.sha256()
    for fact in (_own_code(), sys.version, platform.platform(), *sys.path, *_variables(os.environ), *facts):
        digest.update(fact.encode(errors="surrogateescape") + b"\0")
    return digest.hexdigest()


def _own_code() -> str:
    """Tell this Midflight from another one, an edited checkout included."""
    package = Path(midflight.__file__).parent
    files = sorted(path for path in package.rglob("*") if path.suffix in {".py", ".sql"})
    return " ".join(f"{path.name} {facts.st_size} {facts.st_mtime_ns}" for path in files if (facts := path.stat()))


def _variables(environment: Mapping[str, str]) -> list[str]:
    return sorted(
        f"{name}={value}"
        for name, value in environment.items()
        if name not in OF_THE_TERMINAL and not name.startswith("SSH_")
    )
