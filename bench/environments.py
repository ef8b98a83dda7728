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
    """Make its environment, unless it is there and up to date, and return the environment's folder."""
    folder = OUT / "environments" / application.name
    requirements = ROOT / "requirements" / f"{application.name}.txt"
    stamp = folder / ".ready"
    if stamp.exists() and stamp.stat().st_mtime > requirements.stat().st_mtime:
        return folder
    print(f"installing {application.name} ...", file=sys.stderr, flush=True)
    python = folder / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--requirement", requirements], check=True)
    subprocess.run([*pip, "--no-deps", "--editable", ROOT], check=True)
    stamp.touch()
    return folder


def config_of(application: Application, folder: Path) -> Path:
    """Return the application's alembic.ini in its environment."""
    (site_packages,) = folder.glob("lib/python*/site-packages")
    return site_packages / application.config
