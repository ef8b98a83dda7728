"""Traffic beside a change: short transactions one after the other, and a probe of how long they wait."""

from __future__ import annotations

import contextlib
import threading
import time
from typing import TYPE_CHECKING, Any

import psycopg

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from runner.deployments import Deployment


@contextlib.contextmanager
def beside(
    deployment: Deployment, work: Callable[[psycopg.Connection[Any]], object], sessions: int = 1
) -> Iterator[None]:
    """Repeat some work on sessions of their own meanwhile; what fails there fails here."""
    stop, errors = threading.Event(), []

    def run() -> None:
        try:
            with psycopg.connect(deployment.database.url("postgresql"), autocommit=True) as connection:
                connection.execute("SET application_name = 'load'")
                connection.execute("SET statement_timeout = '30s'")
                while not stop.is_set():
                    work(connection)
        except BaseException as error:  # noqa: BLE001 - raised below, in the test's own thread
            errors.append(error)

    threads = [threading.Thread(target=run, daemon=True) for _ in range(sessions)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        end = time.monotonic() + 60
        for thread in threads:
            thread.join(max(end - time.monotonic(), 0))
    assert errors == []


class Probe:
    """Asks a table again and again, and notes for how long it waited at most."""

    def __init__(self, query: str) -> None:
        self._query = query
        self.longest = 0.0
        self.asked = 0

    def ask(self, connection: psycopg.Connection[Any]) -> None:
        """Ask once."""
        began = time.monotonic()
        connection.execute(self._query)
        self.longest = max(self.longest, time.monotonic() - began)
        self.asked += 1
        time.sleep(0.002)
