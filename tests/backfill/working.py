"""Backfills in this process: registered by a revision, worked on by workers of the test's own.

A test reads so::

    yard = yards.new(setup, "op.backfill('b', table='t', set={'n': 'n + 1'}, small=0)")
    yard.work()
    assert yard.value("SELECT bool_and(n = 1) FROM t")
"""

from __future__ import annotations

import asyncio
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from backfill.quick import QUICK
from checks.projects import Revision
from midflight.backfill.functions import load_function
from midflight.backfill.worker import Worked, work
from runner.deployments import SAFE, SECONDS, waiting

if TYPE_CHECKING:
    from collections.abc import Callable

    from midflight.backfill.events import Event
    from midflight.backfill.worker import BatchFunction
    from midflight.pg.addresses import Address
    from runner.deployments import Deployment, Deployments


@dataclass(slots=True)
class Yards:
    """What one test has made."""

    deployments: Deployments
    made: list[Yard] = field(default_factory=list)

    @property
    def major(self) -> int:
        """The server's."""
        return self.deployments.stage.major

    def new(self, setup: str, up: str) -> Yard:
        """Make a database, and apply a revision to it."""
        deployment = self.deployments.new(Revision("a1", before=SAFE, up=up), setup=setup)
        deployment.apply().succeeds()
        yard = Yard(deployment, deployment.database)
        self.made.append(yard)
        return yard

    def close(self) -> None:
        """End what still runs."""
        for yard in self.made:
            for working in yard.workings:
                working.end()


@dataclass(slots=True)
class Yard:
    """A database with backfills."""

    deployment: Deployment
    database: Address
    workings: list[Working] = field(default_factory=list)

    def work(self, name: str | None = None, **options: Any) -> Worked:  # noqa: ANN401 - as work() has them
        """Work until nothing is left."""
        return self.start(name, **options).ends()

    def start(self, name: str | None = None, **options: Any) -> Working:  # noqa: ANN401 - as work() has them
        """Begin to work."""
        working = Working(self.database, name, options)
        self.workings.append(working)
        return working

    def value(self, query: str) -> Any:  # noqa: ANN401 - whatever it returns
        """Return the one value of a query."""
        return self.deployment.value(query)

    def send(self, script: str) -> None:
        """Send statements."""
        self.deployment.send(script)

    def until(self, query: str) -> None:
        """Wait until a query answers true."""
        self.deployment.until(query)

    @property
    def state(self) -> str:
        """Of its only backfill."""
        return self.value("SELECT state FROM midflight.backfill")  # type: ignore[no-any-return]


class Working:
    """Workers in a thread; they are under way as soon as this is made."""

    def __init__(self, database: Address, name: str | None, options: dict[str, Any]) -> None:
        self.events: list[Event] = []
        self.error: BaseException | None = None
        self._worked: Worked | None = None
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        functions: Callable[[str], BatchFunction] = options.pop("functions", load_function)
        options.setdefault("pace", QUICK)
        self._work = work(database, name, functions=functions, listener=self.events.append, stop=self._stop, **options)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._worked = self._loop.run_until_complete(self._work)
        except BaseException as error:  # noqa: BLE001 - the test asks for it
            self.error = error
        finally:
            self._loop.close()

    def of(self, kind: type[Any]) -> list[Any]:
        """The events of a kind so far."""
        return [event for event in self.events if isinstance(event, kind)]

    def tells(self, kind: type[Any]) -> Any:  # noqa: ANN401 - an event of that kind
        """Wait for an event."""
        waiting(lambda: bool(self.of(kind)) or not self._thread.is_alive(), kind.__name__)
        assert self.of(kind), (self.events, self.error)
        return self.of(kind)[0]

    def stop(self) -> None:
        """Stop after the current batch."""
        self._loop.call_soon_threadsafe(self._stop.set)

    def ends(self) -> Worked:
        """Wait for the end, which must be a good one."""
        self._thread.join(SECONDS)
        assert not self._thread.is_alive(), self.events
        if self.error is not None:
            raise self.error
        assert self._worked is not None
        return self._worked

    def end(self) -> None:
        """End it, however it stands."""
        if self._thread.is_alive():
            self.stop()
            self._thread.join(SECONDS)
