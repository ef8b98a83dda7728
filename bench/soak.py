"""Kills upgrades, downgrades and backfills at random moments, and looks what the next run makes of it.

Upgrades and downgrades go over all operations: the schema must be that of an undisturbed run. Backfills go over all
kinds of keys, with two workers: each row must be changed exactly once. ``make soak``, or ``make soak SEED=7 KILLS=500``
to repeat a run or to make a longer one, ``ONLY=backfills`` for some of it. It prints a line for each difference and two
summaries; the exit code is 1 where there was any.
"""

from __future__ import annotations

import importlib
import os
import random
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backfill import killing
from checks.projects import Revision
from midflight.shadow.choice import ShadowChoice
from operations.stage import open_stage
from runner.deployments import Deployment, Deployments
from runner.outages import outages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from operations.cycle import Case
    from operations.stage import Server

MODULES = ("test_columns", "test_constraints", "test_enums", "test_indexes", "test_partitions", "test_table_operations")
SERVERS = (ShadowChoice("machine", 15), ShadowChoice("embedded", 18))
PARTS = ("upgrades", "backfills")
KILLS, KILLS_A_ROUND = 120, 6


@dataclass(slots=True)
class Tally:
    """What came of it."""

    kills: int = 0
    within: int = 0
    """Those that met the command at work."""
    differences: list[str] = field(default_factory=list)


def cases(major: int) -> list[Case]:
    """Every operation's case for a server."""
    found = [case for name in MODULES for case in importlib.import_module(f"operations.{name}").CASES]
    return [case for case in found if major in case.majors and case.returns and ".sql" not in case.up]


def soak(deployments: Deployments, case: Case, chance: random.Random, tally: Tally) -> None:
    """Kill a case's upgrade once and its downgrade once; the same command then finishes each."""
    before = f"from midflight import op\n{case.before}"
    deployment = deployments.new(Revision("a1", up=case.up, down=case.down, before=before), setup=case.setup)
    empty = deployment.snapshot()
    seconds, made = undisturbed(deployment, "upgrade")
    back, _ = undisturbed(deployment, "downgrade", "base")
    for arguments, expected, work in ((("upgrade",), made, seconds), (("downgrade", "base"), empty, back)):
        command = deployment.start(*arguments)
        command.says(arguments[0])
        time.sleep(chance.uniform(0, work))
        tally.kills += 1
        tally.within += command.process.poll() is None
        command.kill()
        for problem in problems(deployment, arguments, expected):
            tally.differences.append(f"{case.name} {arguments[0]} on {deployments.stage.major}: {problem}")
            print(tally.differences[-1], flush=True)


def undisturbed(deployment: Deployment, *arguments: str) -> tuple[float, Any]:
    """Return for how long it is at work, and the schema that it makes."""
    command = deployment.start(*arguments)
    command.says(arguments[0])
    began = time.monotonic()
    command.succeeds()
    return time.monotonic() - began, deployment.snapshot()


def problems(deployment: Deployment, arguments: tuple[str, ...], expected: Any) -> Iterator[str]:  # noqa: ANN401 - a snapshot
    """Run the command again, and say what is not as it should be."""
    command = deployment.run(*arguments)
    if command.code != 0:
        yield f"it fails: {command.output}"
    if deployment.snapshot() != expected:
        yield "another schema"
    if deployment.version != ("a1" if arguments[0] == "upgrade" else None):
        yield f"the version {deployment.version}"
    try:
        deployment.nothing_is_left()
    except AssertionError as error:
        yield f"left behind: {error}"


def soak_upgrades(server: Server, kills: int, chance: random.Random, tally: Tally) -> None:
    """Soak every operation on a server until there were so many kills."""
    stage = server.thread.call(open_stage(server.thread, server.shadow.address.with_database("postgres")))
    enough = tally.kills + kills
    while tally.kills < enough:
        order = cases(stage.major)
        chance.shuffle(order)
        for case in order[: (enough - tally.kills + 1) // 2]:
            with tempfile.TemporaryDirectory() as folder:
                deployments = Deployments(stage, Path(folder))
                try:
                    soak(deployments, case, chance, tally)
                finally:
                    deployments.close()
    stage.close()


def soak_backfills(server: Server, kills: int, chance: random.Random, tally: killing.Tally) -> None:
    """Soak backfills over every kind of key on a server until there were so many kills."""
    enough = tally.kills + kills
    for kind in killing.rounds(chance):
        if tally.kills >= enough:
            return
        with tempfile.TemporaryDirectory() as folder, outages(server, Path(folder)) as out:
            before = len(tally.problems)
            killing.Round(out, kind, chance, tally).run(KILLS_A_ROUND)
            print(f"{kind.name}: {tally}", *tally.problems[before:], sep="\n", flush=True)


def main() -> int:
    """Soak on each server in turn."""
    seed = int(os.environ.get("SEED") or random.randrange(10**6))  # noqa: S311 - moments, no secret
    kills = int(os.environ.get("KILLS") or KILLS) // len(SERVERS)
    parts = os.environ.get("ONLY", "").split(",") if os.environ.get("ONLY") else PARTS
    shared_server = importlib.import_module("conftest").shared_server
    chance, began = random.Random(seed), time.monotonic()  # noqa: S311 - moments, no secret
    upgrades, backfills = Tally(), killing.Tally()
    for choice in SERVERS:
        if "upgrades" in parts:
            with shared_server(choice) as server:
                soak_upgrades(server, kills, chance, upgrades)
        if "backfills" in parts:
            with shared_server(choice) as server:
                soak_backfills(server, kills, chance, backfills)
    within = f"{upgrades.kills} kills ({upgrades.within} of them in the middle of the work)"
    print(f"upgrades: {within}, {len(upgrades.differences)} differences\nbackfills: {backfills}")
    print(f"{time.monotonic() - began:.0f} s, SEED={seed}")
    return 0 if backfills.is_clean and not upgrades.differences else 1


if __name__ == "__main__":
    sys.exit(main())
