"""One deployer at a time, by an advisory lock that is polled for."""

from __future__ import annotations

import hashlib
import random
import time
from typing import TYPE_CHECKING

from midflight.errors import DatabaseError
from midflight.runner.events import WaitingForDeployer

if TYPE_CHECKING:
    from collections.abc import Callable

    from midflight.runner.events import Listener
    from midflight.runner.watch import Watch

NAMESPACE = int.from_bytes(hashlib.sha256(b"midflight").digest()[:4], "big", signed=True)
"""The first half of our advisory locks' keys."""
POLL_SECONDS = 0.25
TELL_SECONDS = 2.0
"""How often it is told who is waited for."""
_ORPHANS = """
SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND usename = session_user AND application_name = $1 AND pid <> ALL ($2::integer[])
"""


class DeployerWaitError(DatabaseError):
    """Another upgrade was under way for too long."""


def lock_key(version_table: str) -> tuple[int, int]:
    """Return the key of the advisory lock of one version table; an advisory lock is within one database anyway."""
    return NAMESPACE, int.from_bytes(hashlib.sha256(version_table.encode()).digest()[:4], "big", signed=True)


def worker_name(version_table: str) -> str:
    """Return the ``application_name`` of the connection that does the work."""
    return f"midflight upgrade {lock_key(version_table)[1] & 0xFFFFFFFF:08x}"


def become_deployer(
    watch: Watch, key: tuple[int, int], limit: float, sleep: Callable[[float], None], listener: Listener
) -> None:
    """Wait until no other deployer is at work.

    Raises:
        DeployerWaitError: where that takes longer than the limit, in seconds.
    """
    began = told = time.monotonic()
    first = True
    while not watch.try_lock(key):
        now = time.monotonic()
        if first or now - told >= TELL_SECONDS:
            first, told = False, now
            listener(WaitingForDeployer(watch.holder(key), now - began))
        if now - began > limit:
            holder = watch.holder(key)
            raise DeployerWaitError(
                f"another upgrade has been under way for more than {limit:.0f} s",
                hint=f"it is {holder}" if holder else None,
            )
        sleep(random.uniform(0.5, 1.0) * POLL_SECONDS)  # noqa: S311 - jitter, no secret


def end_orphans(watch: Watch, name: str, ours: int, sleep: Callable[[float], None]) -> None:
    """End what a deployer that was killed has left at work on the server: whoever has the lock is the only one.

    Its statement may go on for long without anybody to take the answer, such as the build of an index.

    Raises:
        DeployerWaitError: where it does not end within a minute.
    """
    for _ in range(600):
        orphans = watch.fetch(_ORPHANS, name, [ours, watch.pid])
        if not orphans:
            return
        sleep(0.1)
    raise DeployerWaitError(
        f"what an upgrade that is gone has left at work does not end: pid {orphans[0][0]}",
        hint="it was told to terminate; see what it does in pg_stat_activity, and run the same command again",
    )
