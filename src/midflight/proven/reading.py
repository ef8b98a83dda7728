"""What a project reads while it is loaded and run: its files and folders, as Python's audit events tell.

A proof rests on every file that was read for it, whoever opened it: env.py, its imports, a ``.env``, the data of a
revision. https://docs.python.org/3/library/audit_events.html
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

NOT_FILES = ("/proc/", "/dev/", "/sys/", "/run/")
"""What the system shows as files; it is different every time."""


@dataclass(slots=True)
class Reading:
    """Paths that were opened for reading and folders that were listed, absolute, whether they were there or not."""

    files: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)

    def all_files(self) -> frozenset[str]:
        """Return the files, those of the modules that had been imported before among them."""
        modules = {name for module in list(sys.modules.values()) if (name := _file_of(module))}
        return frozenset(self.files | modules)


@contextlib.contextmanager
def watched_reading() -> Iterator[Reading]:
    """Note what is read while the block runs, in any thread of this process; one at a time."""
    global _hook_is_set, _current  # noqa: PLW0603 - a hook is for the process and is never taken off again
    if not _hook_is_set:
        sys.addaudithook(_hook)
        _hook_is_set = True
    _current = Reading()
    try:
        yield _current
    finally:
        _current = None


_hook_is_set = False
_current: Reading | None = None


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    reading = _current
    if reading is None:
        return
    if event == "open":
        path, mode, flags = arguments
        if isinstance(path, str | bytes | os.PathLike) and _is_for_reading(mode, flags):
            _note(reading.files, os.fspath(path))
    elif event in {"os.listdir", "os.scandir"}:
        path = arguments[0]
        if path is None or isinstance(path, str | bytes | os.PathLike):
            _note(reading.folders, os.fspath(path or "."))


def _is_for_reading(mode: str | None, flags: int) -> bool:
    if mode is not None:
        return "r" in mode or "+" in mode
    return flags & os.O_ACCMODE != os.O_WRONLY


def _note(into: set[str], path: str | bytes) -> None:
    try:
        into.add(_source(os.path.abspath(os.fsdecode(path))))  # noqa: PTH100 - in a hook a Path costs too much
    except (OSError, ValueError):
        return  # the current folder is gone, or it is no path


def _source(path: str) -> str:
    """Return the source of compiled code: it alone is what a person changes."""
    if not path.endswith(".pyc"):
        return path
    try:
        return importlib.util.source_from_cache(path)
    except (NotImplementedError, ValueError):
        return path


def _file_of(module: object) -> str | None:
    if not isinstance(module, ModuleType):
        return None
    name = module.__dict__.get("__file__")  # to ask the module could make a lazy one import something
    return str(Path(name).absolute()) if isinstance(name, str) else None
