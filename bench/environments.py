"""Real applications from PyPI, pinned, each in an environment of its own below bench/out."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
OUT = ROOT / "bench" / "out"


@dataclass(frozen=True, slots=True)
class Application:
    """An application with a history of its own."""

    name: str
    """As in ``requirements/NAME.txt``."""
    config: str
    """Its alembic.ini, below site-packages."""
    arguments: tuple[str, ...] = ()
    """What ``midflight check`` needs to be told."""
    environment: dict[str, str] = field(default_factory=dict)
    """Variables that make it use PostgreSQL. The URL is never connected to."""


PREFECT = Application(
    "prefect",
    "prefect/server/database/alembic.ini",
    environment={"PREFECT_API_DATABASE_CONNECTION_URL": "postgresql+asyncpg://shadow@localhost/shadow"},
)
MLFLOW = Application(
    "mlflow",
    "mlflow/store/db_migrations/alembic.ini",
    ("--baseline", "mlflow.store.tracking.dbmodels.initial_models:Base"),
)


def install(application: Application) -> Path:
    """Make its environment, with Midflight in it, and return the environment's folder."""
    return make(application.name, "--no-deps", "--editable", str(ROOT))


def make(name: str, *more: str) -> Path:
    """Make the environment of ``requirements/NAME.txt``, unless it is there and up to date, and return its folder.

    Args:
        name: whose.
        more: what ``pip install`` shall be called with afterwards.
    """
    folder = OUT / "environments" / name
    requirements = ROOT / "requirements" / f"{name}.txt"
    stamp = folder / ".ready"
    if stamp.exists() and stamp.stat().st_mtime > requirements.stat().st_mtime:
        return folder
    print(f"installing {name} ...", file=sys.stderr, flush=True)
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    pip = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--requirement", requirements], check=True)
    if more:
        subprocess.run([*pip, *more], check=True)
    stamp.touch()
    return folder


def config_of(application: Application, folder: Path) -> Path:
    """Return the application's alembic.ini in its environment."""
    (site_packages,) = folder.glob("lib/python*/site-packages")
    return site_packages / application.config
