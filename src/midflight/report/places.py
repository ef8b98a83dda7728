"""Where something stands, as a person or an editor follows it: ``path:line``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

STANDARD_INPUT = "standard input"


def shown_path(path: Path, here: Path) -> Path:
    """Shorten a path that lies in the current folder."""
    return path.relative_to(here) if path.is_absolute() and path.is_relative_to(here) else path


def place(path: Path | None, line: int | None, here: Path) -> str:
    """Write ``path:line``, as far as both are known."""
    name = str(shown_path(path, here)) if path else STANDARD_INPUT
    return name if line is None else f"{name}:{line}"
