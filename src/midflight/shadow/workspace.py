"""Folders: the cache that stays, and the work folders that never outlive the process that made them.

A work folder ``run/<id>`` belongs to the process that holds the lock on ``run/<id>.lock``. The kernel lets go of the
lock when that process ends, however it ends. So whoever can take the lock knows that the owner is dead, and clears up.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import secrets
import shutil
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from midflight.errors import ShadowError
from midflight.pg.addresses import DEFAULT_PORT
from midflight.shadow.interrupts import uninterrupted
from midflight.shadow.orphans import end_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from midflight.shadow.account import Account

VARIABLE = "MIDFLIGHT_CACHE_DIR"
LOCK_POLL_SECONDS = 0.02
ID_BYTES = 4
SOCKET_PATH_BYTES = 103
"""The longest path of a Unix socket: 107 bytes on Linux, 103 on macOS."""


@dataclass(frozen=True, slots=True)
class Cache:
    """The folder that holds templates, the unpacked embedded server and the work folders."""

    folder: Path
    account: Account

    @property
    def run(self) -> Path:
        """The folder of the work folders."""
        return self.folder / "run"


def default_folder() -> Path:
    """Return the cache folder of this user, ``MIDFLIGHT_CACHE_DIR`` before all."""
    if named := os.environ.get(VARIABLE):
        return Path(named).absolute()
    if os.geteuid() == 0:
        return Path("/var/cache/midflight")  # not root's home: the account lent to the server must reach it
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "midflight"


def open_cache(folder: Path, account: Account) -> Cache:
    """Make the folders where they are missing, and see that nobody else can meddle with them.

    Raises:
        ShadowError: where the folder cannot be written, belongs to another user, is out of the server's reach, or has
            too long a path.
    """
    cache = Cache(folder.resolve(), account)
    if len(f"{cache.run}/{'0' * 2 * ID_BYTES}/.s.PGSQL.{DEFAULT_PORT}".encode()) > SOCKET_PATH_BYTES:
        msg = f"the cache folder {folder} has too long a path for a Unix socket in it"
        raise ShadowError(msg, hint=f"set {VARIABLE} to a folder with a shorter path")
    with explained(folder):
        for place in (cache.folder, cache.run):
            _make(place)
            facts = place.stat()
            if facts.st_uid != os.geteuid() or facts.st_mode & 0o002:
                msg = f"the cache folder {place} must belong to the current user and not be writable by everyone"
                raise ShadowError(msg, hint=f"remove it, or set {VARIABLE} to another folder")
    if account.lent:
        _see_that_it_is_reached(cache.run)
    return cache


def _make(folder: Path) -> None:
    if not folder.exists():
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o755)  # whatever the umask is: the server's account must get through


def _see_that_it_is_reached(folder: Path) -> None:
    for place in (folder, *folder.parents):
        if not place.stat().st_mode & 0o001:
            msg = f"the server cannot run in {folder}: as root it runs as another user, who may not enter {place}"
            raise ShadowError(msg, hint=f"set {VARIABLE} to a folder that everyone may enter")


@contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Turn a full disk, a read-only folder and the like into one error that names the folder."""
    try:
        yield
    except OSError as error:
        msg = f"the cache folder {folder} cannot be used: {error.strerror}"
        raise ShadowError(msg, hint=f"set {VARIABLE} to a folder that can be written") from None


@contextmanager
def work_folder(cache: Cache) -> Iterator[Path]:
    """Make a private folder, owned by the server's account; at the end, end the server in it and remove it.

    All of the ending is synchronous, and interrupts wait for it: no cancellation and no second Ctrl-C cut it short.
    """
    with explained(cache.run):
        folder, lock = _claim(cache.run)
    try:
        with explained(cache.run):
            folder.mkdir(mode=0o700)
            if cache.account.lent:
                os.chown(folder, cache.account.uid, cache.account.gid)
        yield folder
    finally:
        with uninterrupted():
            _clear(folder)
            os.close(lock)


def clear_dead(cache: Cache) -> None:
    """End the servers and remove the folders of owners that were killed; never touch a living one."""
    for path in cache.run.glob("*.lock"):
        lock = _try_lock(path, os.O_RDWR)
        if lock is not None:
            _clear(path.with_suffix(""))
            os.close(lock)


@asynccontextmanager
async def exclusively(path: Path) -> AsyncIterator[None]:
    """Hold the lock on a file while several processes want to make the same thing; wait by polling."""
    while (lock := _try_lock(path, os.O_RDWR | os.O_CREAT)) is None:  # noqa: ASYNC110 - the holder is another process
        await asyncio.sleep(LOCK_POLL_SECONDS)
    try:
        yield
    finally:
        os.close(lock)


def _claim(run: Path) -> tuple[Path, int]:
    while True:
        folder = run / secrets.token_hex(ID_BYTES)
        lock = _try_lock(folder.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_EXCL)
        if lock is not None:
            return folder, lock


def _try_lock(path: Path, flags: int) -> int | None:
    """Return the locked file, or None where another has it, or removed it before we locked it."""
    try:
        lock = os.open(path, flags, 0o600)
    except (FileNotFoundError, FileExistsError):
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if path.stat().st_ino == os.fstat(lock).st_ino:
            return lock
    except (BlockingIOError, FileNotFoundError):
        pass
    os.close(lock)
    return None


def _clear(folder: Path) -> None:
    """Remove a work folder whose lock we hold. What cannot be removed keeps its lock file, for the next start."""
    with suppress(OSError):
        end_server(folder / "data")
        shutil.rmtree(folder, ignore_errors=True)
        if not folder.exists():
            folder.with_suffix(".lock").unlink(missing_ok=True)
