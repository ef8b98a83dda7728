"""Backfills under fire: workers, the command that registers, sessions and the server are killed at random moments.

Each row has a counter, which the backfill raises: at the end it is 1 in every row, whatever went down meanwhile.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from checks.projects import Revision
from midflight.errors import ExitCode
from runner.deployments import SAFE

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator

    from runner.deployments import Command, Deployment
    from runner.outages import Outages

ROWS = 20_000
WORKERS = 2
LIMIT_SECONDS = 300.0
"""A dead worker's range is taken over after 15 s."""
LONGEST_PAUSE = 1.5
"""Seconds from one kill to the next, at most: a worker has begun to work by then."""
LEDGER = """
SELECT state || ', ' || (SELECT sum(rows_changed) FROM midflight.backfill_range) || ' rows changed, '
    || (SELECT count(*) FROM midflight.backfill_range WHERE state = 'open') || ' ranges open, '
    || (SELECT count(*) FROM midflight.backfill_failure) || ' rows failed'
FROM midflight.backfill
"""
OURS = "FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'midflight backfill%'"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of key."""

    name: str
    columns: str
    values: str
    """Of row ``i``."""
    after: str = ""
    """What follows the table's columns in CREATE TABLE."""
    more: str = ""
    """What follows CREATE TABLE."""
    condition: str | None = None
    """Where the key does not tell which rows are done; else the counter alone shows that no row is changed twice."""

    @property
    def setup(self) -> str:
        """The table, and a function that raises the counter and takes its time now and then."""
        return f"""
CREATE TABLE t ({self.columns}, changed int NOT NULL DEFAULT 0){self.after}; {self.more}
INSERT INTO t SELECT {self.values} FROM generate_series(1, {ROWS}) AS i;
CREATE FUNCTION raised(n int) RETURNS int LANGUAGE plpgsql AS $$
BEGIN IF random() < 0.2 THEN PERFORM pg_sleep(0.001); END IF; RETURN n + 1; END $$
"""

    @property
    def register(self) -> str:
        """The body of the revision."""
        options = f"where={self.condition!r}" if self.condition else "disagreement='changed = 0'"
        return f"op.backfill('raise', table='t', set={{'changed': 'raised(changed)'}}, {options}, small=0)"


KINDS = (
    Kind("bigint", "id bigint PRIMARY KEY", "i"),
    Kind("uuid", "id uuid PRIMARY KEY", "md5(i::text)::uuid"),
    Kind("text", "id text PRIMARY KEY", "'k' || md5(i::text)"),
    Kind("time", "id timestamptz PRIMARY KEY", "timestamptz '2026-01-01' + i * interval '1 minute'"),
    Kind("composite", "a int, b text, PRIMARY KEY (a, b)", "i % 7, 'k' || i"),
    Kind("no key", "id bigint", "i", condition="changed = 0"),
    Kind(
        "partitioned",
        "id int PRIMARY KEY",
        "i",
        " PARTITION BY RANGE (id)",
        f"""CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM (0) TO ({ROWS // 3});
CREATE TABLE t_2 PARTITION OF t DEFAULT;""",
    ),
)


@dataclass(slots=True)
class Tally:
    """What came of it."""

    kills: int = 0
    resumes: int = 0
    """Commands that were started again."""
    twice: int = 0
    missed: int = 0
    """Rows."""
    problems: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether all is as it should be."""
        return not (self.twice or self.missed or self.problems)

    def __str__(self) -> str:
        """Write it for a person."""
        return (
            f"{self.kills} kills, {self.resumes} resumes, {self.twice} rows changed twice, {self.missed} rows missed, "
            f"{len(self.problems)} other problems"
        )


class Round:
    """One backfill, killed so many times."""

    def __init__(self, outages: Outages, kind: Kind, chance: random.Random, tally: Tally) -> None:
        self._outages, self._kind, self._chance, self._tally = outages, kind, chance, tally
        revision = Revision("a1", before=SAFE, up=kind.register)
        self._deployment: Deployment = outages.deployments.new(revision, setup=kind.setup)
        self._workers: list[Command] = []
        self._until = time.monotonic() + LIMIT_SECONDS

    def run(self, kills: int) -> None:
        """Register it, let two workers at it, kill at random, and look at what is there in the end."""
        try:
            self._run(kills)
        except AssertionError as error:
            self._tell(str(error))

    def _run(self, kills: int) -> None:
        self._register()
        self._workers = [self._start() for _ in range(WORKERS)]
        for _ in range(kills):
            time.sleep(self._chance.uniform(0, LONGEST_PAUSE))
            if self._are_done():
                break
            self._tally.kills += 1
            self._chance.choice(self._faults())()
            self._start_again()
        while not self._are_done():
            time.sleep(0.1)
            self._start_again()
        self._look()

    def _register(self) -> None:
        """Kill the command that registers, and run it again."""
        upgrade = self._deployment.start("upgrade")
        time.sleep(self._chance.uniform(0, LONGEST_PAUSE))
        if upgrade.process.poll() is None:
            self._tally.kills += 1
        upgrade.kill()
        self._tally.resumes += 1
        self._deployment.run("upgrade").succeeds()

    def _faults(self) -> tuple[Callable[[], None], ...]:
        """Each as often as it stands there."""
        return (self._kill_worker,) * 4 + (self._terminate,) * 2 + (self._crash, self._outages.restart)

    def _kill_worker(self) -> None:
        self._chance.choice(self._workers).kill()

    def _terminate(self) -> None:
        self._deployment.value(f"SELECT count(pg_terminate_backend(pid)) {OURS}")

    def _crash(self) -> None:
        pids = self._deployment.value(f"SELECT array_agg(pid) {OURS}")
        if pids:
            self._outages.crash(self._chance.choice(pids))

    def _start(self) -> Command:
        return self._deployment.start("backfill", "run", "raise")

    def _start_again(self) -> None:
        """What was killed is started again, and what met no server at its start; a worker lives through all else."""
        for place, worker in enumerate(self._workers):
            code = worker.process.poll()
            if not code:
                continue
            if code > 0 and (code != ExitCode.DATABASE or "raise: " in worker.output):
                raise AssertionError(f"a worker ends with {code}: {worker.output}")
            self._tally.resumes += 1
            self._workers[place] = self._start()

    def _are_done(self) -> bool:
        assert time.monotonic() < self._until, [worker.output for worker in self._workers]
        return all(worker.process.poll() == 0 for worker in self._workers)

    def _look(self) -> None:
        self._tally.twice += int(self._deployment.value("SELECT count(*) FROM t WHERE changed > 1"))
        self._tally.missed += int(self._deployment.value("SELECT count(*) FROM t WHERE changed = 0"))
        told = self._deployment.value(LEDGER)
        if told != f"finished, {ROWS} rows changed, 0 ranges open, 0 rows failed":
            self._tell(f"the ledger says: {told}")

    def _tell(self, problem: str) -> None:
        major = self._outages.deployments.stage.major
        self._tally.problems.append(f"{self._kind.name} on {major}: {problem}")


def rounds(chance: random.Random) -> Iterator[Kind]:
    """Every kind once, in any order, and then again."""
    while True:
        order = list(KINDS)
        chance.shuffle(order)
        yield from order
