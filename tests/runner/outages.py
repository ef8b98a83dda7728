"""A server that goes down and comes up again, and the deployments on it."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from operations.stage import open_stage
from runner.deployments import Deployments, waiting
from runner.immediate_restart import restart_immediately

if TYPE_CHECKING:
    from collections.abc import Iterator

    from operations.stage import Server, Stage


DURABLE = "ALTER ROLE CURRENT_USER SET synchronous_commit = on"
"""A throw-away server is set up to lose what was just committed, which a service's never does."""


class Outages:
    """Deployments on a server of one's own."""

    def __init__(self, server: Server, folder: Path) -> None:
        self._server = server
        self._address = server.shadow.address.with_database("postgres")
        self._stage = self._opened()
        server.thread.call(self._stage.connection.execute(DURABLE))
        self.deployments = Deployments(self._stage, folder)

    def restart(self) -> None:
        """Restart it at once."""
        restart_immediately(Path(self._address.host))
        self._connect_again()

    def crash(self, pid: int) -> None:
        """SIGKILL of a backend makes the server end all sessions and recover from its log."""
        os.kill(pid, signal.SIGKILL)
        waiting(self._stage.connection.is_closed, "the server goes down")
        self._connect_again()

    def close(self) -> None:
        """Drop the databases."""
        self.deployments.close()
        self._server.thread.call(self._stage.connection.close())

    def _connect_again(self) -> None:
        self._server.thread.call(self._stage.connection.close())
        waiting(self._is_up, "the server is up again")

    def _is_up(self) -> bool:
        try:
            self._stage.connection = self._opened().connection
        except Exception:  # noqa: BLE001 - whatever it says while it starts
            return False
        return True

    def _opened(self) -> Stage:
        return self._server.thread.call(open_stage(self._server.thread, self._address))


@contextmanager
def outages(server: Server, folder: Path) -> Iterator[Outages]:
    """Lend deployments on a server that may go down."""
    opened = Outages(server, folder)
    try:
        yield opened
    finally:
        opened.close()
