"""Midflight on the corpus, by the functions behind ``midflight check``: each case on a new database of one server."""

from __future__ import annotations

import asyncio
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import asyncpg
from bench.verdicts.case import PRODUCTION
from bench.verdicts.project import REVISION, write_project, write_sql
from bench.verdicts.said import NOTHING, Said

from midflight.bridge.project import ProjectSource
from midflight.checks.history import check_history
from midflight.checks.request import Conditions, HistoryRequest, SqlRequest
from midflight.checks.script import check_sql
from midflight.report.words import disturbing, relation_name, relation_names
from midflight.shadow.choice import ShadowChoice
from midflight.shadow.opening import open_shadow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bench.verdicts.case import Case

    from midflight.checks.result import CheckResult, Progress
    from midflight.pg.addresses import Address
    from midflight.trace.record import TracedStatement

OF_ROUND_TRIP = frozenset({"missing-downgrade", "empty-downgrade", "downgrade-differs", "downgrade-fails"})
"""Findings about the way back, which no case has."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of a case."""

    said: Said
    statements: tuple[str, ...]
    """What the server did at each statement, in words."""


def run_in_processes(
    cases: Sequence[Case], folder: Path, choice: ShadowChoice, processes: int
) -> tuple[int, dict[str, Seen]]:
    """Check all cases, each process on a server of its own; return as :func:`run` does."""
    shares = [cases[number::processes] for number in range(processes)]
    with ProcessPoolExecutor(processes) as pool:
        running = [
            pool.submit(_run_alone, share, folder / f"process{number}", choice) for number, share in enumerate(shares)
        ]
        done = [each.result() for each in running]
    return done[0][0], {case: seen for _, found in done for case, seen in found.items()}


def _run_alone(cases: Sequence[Case], folder: Path, choice: ShadowChoice) -> tuple[int, dict[str, Seen]]:
    return asyncio.run(run(cases, folder, choice))


async def run(cases: Sequence[Case], folder: Path, choice: ShadowChoice) -> tuple[int, dict[str, Seen]]:
    """Check all cases that this server's version knows; return that version, and what was seen, by the case's id."""
    async with open_shadow(choice) as shadow:
        await make_tablespace(shadow.address)
        conditions = Conditions(ShadowChoice(shadow.address), baseline=str(PRODUCTION), folder=folder)
        known = [case for case in cases if case.since <= shadow.facts.version.major]
        seen = {
            case.id: _seen(await _check(case, folder / str(number), conditions)) for number, case in enumerate(known)
        }
    return shadow.facts.version.major, seen


async def make_tablespace(address: Address) -> None:
    """Give a server the tablespace that cases speak of."""
    connection = await asyncpg.connect(**address.asyncpg_arguments())
    try:
        await connection.execute("SET allow_in_place_tablespaces = on")
        await connection.execute("CREATE TABLESPACE archive LOCATION ''")
    finally:
        await connection.close()


async def _check(case: Case, folder: Path, conditions: Conditions) -> CheckResult:
    if case.form == "sql":
        return await check_sql(SqlRequest(conditions, write_sql(case, folder)), _quiet)
    source = ProjectSource(write_project(case, folder))
    return await check_history(HistoryRequest(conditions, source, range=REVISION), _quiet)


def _quiet(_: Progress) -> None:
    return None


def _seen(result: CheckResult) -> Seen:
    found = {finding.hazard for finding in result.all_findings} - OF_ROUND_TRIP
    statements = tuple(_told(statement) for revision in result.revisions for statement in revision.statements)
    return Seen(Said(tuple(sorted(found)), frozenset(found)) if found else NOTHING, statements)


def _told(statement: TracedStatement) -> str:
    """Say what the server did: locks that keep others out, what was written anew, what was read."""
    if statement.error:
        return f"{_short(statement.sql)}: fails: {statement.error}"
    if statement.unobserved:
        return f"{_short(statement.sql)}: not observed"
    locks = [f"{relation_name(lock.relation)} {lock.mode.label}" for lock in disturbing(statement.locks_taken)]
    parts = [f"locks {', '.join(locks)}"] if locks else []
    parts += [f"writes anew {relation_names(statement.rewritten)}"] if statement.rewritten else []
    read = relation_names(scan.relation for scan in statement.scanned)
    parts += [f"reads {read}"] if read else []
    return f"{_short(statement.sql)}: {'; '.join(parts) or 'locks nobody out'}"


def _short(text: str, length: int = 100) -> str:
    line = " ".join(text.split())
    return line if len(line) <= length else f"{line[: length - 3]}..."
