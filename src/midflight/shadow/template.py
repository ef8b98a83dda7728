"""Data directories: ``initdb`` runs once for each installation; every start copies what it made."""

from __future__ import annotations

import hashlib
import shutil
from typing import TYPE_CHECKING

from midflight.shadow.programs import explain_failure, run_program, surroundings
from midflight.shadow.workspace import Cache, exclusively, explained, work_folder

if TYPE_CHECKING:
    from pathlib import Path

    from midflight.shadow.choice import Installation
    from midflight.shadow.programs import Outcome

LAYOUT = 1
"""Part of a template's name; to be raised when ``initdb_arguments`` change."""
BUILTIN_LOCALE_SINCE = 17
QUIETLY = ("--no-instructions", "--no-clean")
"""What it made is kept where it fails, so that a full disk is still full when we look."""
LIBC_LOCALE = ("--locale=C", "--lc-ctype=C.UTF-8")


async def copy_template(installation: Installation, cache: Cache, folder: Path) -> None:
    """Make a fresh data directory in a work folder."""
    template = cache.folder / f"template-{_key(installation, cache)}"
    if not template.exists():
        async with exclusively(cache.folder / f"{template.name}.lock"):
            if not template.exists():
                await _make(template, installation, cache)
    outcome = await _copy(template, cache, folder)
    if outcome.code != 0:
        raise explain_failure("copying a data directory", outcome.errors, folder)


async def copy_kept(kept: Path, cache: Cache, folder: Path) -> bool:
    """Copy a data directory that was kept into a work folder; tell whether it was still there, and whole."""
    outcome = await _copy(kept, cache, folder)
    if outcome.code != 0:
        shutil.rmtree(folder / "data", ignore_errors=True)
    return outcome.code == 0


async def _copy(source: Path, cache: Cache, folder: Path) -> Outcome:
    return await run_program(["cp", "-a", source, folder / "data"], surroundings(cache.account, folder))


def _key(installation: Installation, cache: Cache) -> str:
    identity = f"{installation.programs} {installation.version} {cache.account.uid} {LAYOUT}"
    return f"{installation.version}-{hashlib.sha256(identity.encode()).hexdigest()[:12]}"


async def _make(template: Path, installation: Installation, cache: Cache) -> None:
    with work_folder(cache) as folder, explained(cache.folder):
        arguments = surroundings(cache.account, folder, libraries=installation.libraries)
        for attempt, options in enumerate(initdb_arguments(installation.version.major)):
            made = folder / f"template-{attempt}"
            outcome = await run_program([installation.programs / "initdb", "-D", made, *options], arguments)
            if outcome.code == 0:
                made.rename(template)
                return
        raise explain_failure(f"initdb of {installation.name}", outcome.output + outcome.errors, folder)


def initdb_arguments(major: int) -> tuple[tuple[str, ...], ...]:
    """Return the options of ``initdb``, the best first; the next are for systems without that locale.

    Text is UTF-8 and sorts by code point on every machine, so that a proof does not depend on where it runs; upper and
    lower case still work beyond ASCII. WAL segments are small, since each start copies one. The socket stands in a
    folder that is closed to others: that is the authentication.
    https://www.postgresql.org/docs/current/app-initdb.html
    """
    always = ("--username=postgres", "--auth=trust", "--encoding=UTF8", "--wal-segsize=1", *QUIETLY)
    if major >= BUILTIN_LOCALE_SINCE:
        return ((*always, "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),)
    return ((*always, *LIBC_LOCALE), (*always, "--locale=C"))
