"""The PostgreSQL installations of this machine."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from midflight.errors import ShadowError
from midflight.pg.versions import Version
from midflight.shadow.choice import Installation
from midflight.shadow.programs import run_program, surroundings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from midflight.shadow.account import Account

PLACES = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # Red Hat with the packages of postgresql.org
    "/usr/libexec/postgresql*",  # Alpine
    "/usr/lib64/postgresql-*/bin",  # Gentoo
    "/opt/homebrew/opt/postgresql@*/bin",  # Homebrew on Apple silicon
    "/usr/local/opt/postgresql@*/bin",  # Homebrew on Intel
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)


async def find_installations(account: Account) -> tuple[Installation, ...]:
    """Find the installations in the places that distributions use, and on PATH."""
    found = await asyncio.gather(*(_read(programs, account) for programs in _folders()))
    return tuple(installation for installation in found if installation is not None)


def _folders() -> Iterable[Path]:
    on_path = shutil.which("postgres")
    candidates = [path for place in PLACES for path in Path("/").glob(place[1:])]
    candidates += [Path(on_path).resolve().parent] if on_path else []
    complete = (path.resolve() for path in candidates if all((path / name).exists() for name in ("initdb", "postgres")))
    return dict.fromkeys(complete)


async def _read(programs: Path, account: Account) -> Installation | None:
    try:
        answer = await run_program([programs / "postgres", "--version"], surroundings(account, Path("/")))
        version = Version.from_text(answer.output)
    except (ShadowError, ValueError):
        return None  # an installation that cannot tell its version is no candidate
    return Installation("machine", version, programs, f"PostgreSQL {version} of this machine ({programs})")
