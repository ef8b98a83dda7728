"""Real applications from PyPI, pinned, each in an environment of its own below bench/out."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
OUT = ROOT / "bench" / "out"
_MIDFLIGHT = ROOT / "pyproject.toml"


@dataclass(frozen=True, slots=True)
class Application:
    """An application with a history of its own."""

    name: str
    """As in ``requirements/NAME.txt``."""
    version: str
    """Of the package, for a person."""
    config: str
    """Its alembic.ini, below site-packages."""
    arguments: tuple[str, ...] = ()
    """What ``midflight check`` needs to be told."""
    environment: dict[str, str] = field(default_factory=dict)
    """Variables that make it use PostgreSQL. The URL is never connected to."""
    alone: str | None = None
    """The package as pip is told it, where it is installed without what it requires: then ``requirements/NAME.txt`` has
    only what its env.py and its revisions import."""
    remark: str = ""
    """What a reader of the results should know."""


def install(application: Application) -> Path:
    """Make its environment, with Midflight in it, and return the environment's folder."""
    alone = [(application.alone,)] if application.alone else []
    return make(application.name, *alone, ("--editable", str(ROOT)))


def make(name: str, *alone: tuple[str, ...]) -> Path:
    """Make the environment of ``requirements/NAME.txt``, unless it is there and up to date, and return its folder.

    Args:
        name: whose.
        alone: what ``pip install`` is called with afterwards, each by itself and without what it requires.
    """
    folder = OUT / "environments" / name
    requirements = ROOT / "requirements" / f"{name}.txt"
    stamp = folder / ".ready"
    if stamp.exists() and stamp.stat().st_mtime > max(place.stat().st_mtime for place in (requirements, _MIDFLIGHT)):
        return folder
    print(f"installing {name} ...", file=sys.stderr, flush=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
    pip: list[str | Path] = [
        folder / "bin" / "python",
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]
    subprocess.run([*pip, "--requirement", requirements], check=True)
    for package in alone:
        subprocess.run([*pip, "--no-deps", *package], check=True)
    stamp.touch()
    return folder


def config_of(application: Application, folder: Path) -> Path:
    """Return the application's alembic.ini in its environment."""
    (site_packages,) = folder.glob("lib/python*/site-packages")
    return site_packages / application.config
