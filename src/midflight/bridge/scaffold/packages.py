"""Where an application's models probably are."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SOURCES = ("src", ".")
"""Folders that packages stand in, relative to the project's."""
_MODELS = "models"
_NO_APPLICATION = frozenset({"alembic", "docs", "examples", "migrations", "scripts", "test", "tests"})


def source_folders(folder: Path) -> tuple[str, ...]:
    """Return which folders of a project belong on Python's path: ``src`` where it has packages, and its own."""
    return tuple(name for name in SOURCES if name == "." or _packages(folder / name))


def find_models(folder: Path) -> str | None:
    """Return ``package.models`` where there is one, else the package, else ``models``; None where it cannot be told."""
    found = [name for source in SOURCES for name in _packages(folder / source)]
    with_models = [name for name in found if _has_models(folder, name)]
    if len(with_models) == 1:
        return f"{with_models[0]}.{_MODELS}"
    if not found and any((folder / source / f"{_MODELS}.py").is_file() for source in SOURCES):
        return _MODELS
    return found[0] if len(found) == 1 else None


def _packages(folder: Path) -> list[str]:
    if not folder.is_dir():
        return []
    return sorted(
        path.name
        for path in folder.iterdir()
        if (path / "__init__.py").is_file() and path.name.isidentifier() and path.name not in _NO_APPLICATION
    )


def _has_models(folder: Path, package: str) -> bool:
    return any(
        (folder / source / package / f"{_MODELS}.py").is_file()
        or (folder / source / package / _MODELS / "__init__.py").is_file()
        for source in SOURCES
    )
