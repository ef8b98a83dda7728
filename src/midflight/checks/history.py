"""The check of an Alembic project: its history is walked from the baseline, and what was asked for is proven."""

from __future__ import annotations

import functools
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from midflight.bridge.edited import edited
from midflight.bridge.environment import read_environment
from midflight.bridge.pending import pending
from midflight.bridge.ranges import changed_since, select
from midflight.bridge.thread import ProjectThread
from midflight.checks.allowances import allowances_in_file
from midflight.checks.earlier import Earlier, Keeper, Proven, keeper_of
from midflight.checks.gates import gates_of
from midflight.checks.ground import drop_roles_of_revisions, lay_roles
from midflight.checks.loading import Loaded, load
from midflight.checks.phasing import by_phases
from midflight.checks.result import CheckResult, Progress
from midflight.checks.sifting import sifted
from midflight.checks.verdict import findings_of_edited, findings_of_history
from midflight.checks.walking import Past, Walking
from midflight.proven.reading import Reading, watched_reading
from midflight.shadow.opening import open_shadow

if TYPE_CHECKING:
    from collections.abc import Callable

    from midflight.bridge.environment import Environment
    from midflight.bridge.project import Revision
    from midflight.checks.request import Conditions, HistoryRequest
    from midflight.checks.result import RevisionResult
    from midflight.pg.addresses import Address
    from midflight.phases.gates import Gate
    from midflight.shadow.shadow import Shadow


ONE_TRANSACTION = (
    "this project runs all revisions of one upgrade in one transaction: locks of the first are held until the "
    "last is done; transaction_per_migration=True in env.py ends that"
)


async def check_history(request: HistoryRequest, report: Callable[[Progress], None]) -> CheckResult:
    """Check an Alembic project.

    Args:
        request: what to check, where and how.
        report: is told how far the check has come.

    Raises:
        ProjectError: the project could not be loaded.
        RangeError: what was asked for is not in its history.
        BaselineError: the baseline could not be applied.
        DatabaseError: the shadow could not be had, or went away.
    """
    began = time.perf_counter()
    report(Progress(0, 0, "starting the shadow"))
    with watched_reading() as reading:
        keeper = await keeper_of(request)
        earlier = keeper.recall() if keeper else None
        if earlier and earlier.is_unchanged and _asks_for_all(request):
            found = _Found(earlier.proven, tuple(earlier.proven.results.values()), len(earlier.proven.history))
        else:
            found = await _prove(request, report, reading, keeper, earlier)
    return _result(request.conditions, found, time.perf_counter() - began)


@dataclass(frozen=True, slots=True)
class _Found:
    """What there is to tell of a history."""

    proven: Proven
    results: tuple[RevisionResult, ...]
    restored: int
    """How many of them an earlier check had found."""
    edited: tuple[Revision, ...] = ()
    """Those that the database which was looked at has in another form."""
    database: Address | None = None
    """The database whose pending revisions they are."""
    gates: tuple[Gate, ...] = ()
    """Those that are shut there."""


def _asks_for_all(request: HistoryRequest) -> bool:
    return request.range is None and request.since is None and not request.pending


async def _prove(
    request: HistoryRequest,
    report: Callable[[Progress], None],
    reading: Reading,
    keeper: Keeper | None,
    earlier: Earlier | None,
) -> _Found:
    """Load the project and prove what no earlier check has; keep what was proven."""
    conditions = request.conditions
    kept = earlier.data if earlier and earlier.may_hold else None
    async with open_shadow(conditions.choice, start_limit=conditions.start_limit, kept=kept) as shadow:
        if not shadow.continues:
            await lay_roles(conditions, shadow)
        report(Progress(0, 0, "loading the project"))
        thread = ProjectThread()
        read = functools.partial(read_environment, shadow=shadow.address)
        loaded = await load(thread, request.source, conditions.time_limit, read)
        wanted = await _wanted(request, loaded)
        past, before = await _past(request, shadow, earlier, loaded.history, wanted)
        walking = Walking(conditions, shadow, thread, loaded.project, loaded.environment, past)
        results = await walking.run(loaded.history, wanted, report)
        proven = Proven(
            history=loaded.history,
            heads=loaded.project.heads(),
            results={**before, **{result.id: result for result in results}},
            tables={**(earlier.proven.tables if earlier and past.revisions else {}), **walking.tables},
            left=walking.left,
            server=shadow.facts,
            subject=str(loaded.project.file),
            notes=(
                *_notes_of_history(loaded),
                *_notes(loaded.environment),
                *_notes_of_rows(walking),
            ),
        )
        if keeper:
            await _keep(keeper, proven, shadow, reading, earlier if past.revisions else None)
        asked = tuple(result for id_, result in before.items() if id_ in wanted)
        database = request.database or loaded.environment.database if request.pending else None
        changed = await edited(loaded.environment, loaded.history, database) if database else ()
        gates = await gates_of(database, loaded.history, wanted) if database else ()
        return _Found(proven, (*asked, *results), len(asked), changed, database, gates)


async def _past(
    request: HistoryRequest,
    shadow: Shadow,
    earlier: Earlier | None,
    history: tuple[Revision, ...],
    wanted: frozenset[str],
) -> tuple[Past, dict[str, RevisionResult]]:
    """Return what need not be done again, with its results."""
    if earlier is None or not shadow.continues:
        return Past(), {}
    proven = earlier.proven
    holds = earlier.holds_for(history, wanted)
    if not holds or proven.left is None:  # the server goes on from it, but not with it
        if proven.left is not None:
            await shadow.drop_database(shadow.adopt(proven.left.database))
        await drop_roles_of_revisions(request.conditions, shadow)
        return Past(), {}
    ids = [revision.id for revision in history[:holds]]
    return Past(history[:holds], proven.left), {id_: proven.results[id_] for id_ in ids if id_ in proven.results}


async def _keep(keeper: Keeper, proven: Proven, shadow: Shadow, reading: Reading, earlier: Earlier | None) -> None:
    """Have the server's state kept, where another check can go on from it."""
    kept = keeper.kept(proven, reading, earlier) if proven.left else None
    if kept is None:
        return
    if earlier is not None and proven.left is earlier.proven.left:
        await keeper.keep_beside(kept)
        return
    await shadow.drop_database(shadow.address)  # nothing is in it
    shadow.hand_over = functools.partial(keeper.keep, kept)


def _notes_of_rows(walking: Walking) -> tuple[str, ...]:
    """Name the tables that held no rows, and the revisions that were proven without."""
    tables: dict[str, list[str]] = {}
    for unfilled in walking.unfilled.values():
        tables.setdefault(unfilled.reason, []).append(str(unfilled.table))
    return (
        *(f"no synthetic rows could be made for {', '.join(names)}: {reason}" for reason, names in tables.items()),
        *(
            f"the code of {id_} fails on synthetic rows, so it was proven without them: {reason}"
            for id_, reason in walking.without_rows.items()
        ),
    )


def _result(conditions: Conditions, found: _Found, seconds: float) -> CheckResult:
    """Put together what is told, with what the team allows and how it weighs the rest."""
    proven = found.proven
    restored = (
        f"{found.restored} of {len(found.results)} revisions were proven by an earlier check, and nothing that they "
        "rest on has changed; --no-cache proves them anew"
    )
    return CheckResult(
        server=proven.server,
        subject=proven.subject,
        revisions=tuple(
            sifted(result, allowances_in_file(result.path), conditions)
            for result in by_phases(found.results, proven.history, proven.tables, conditions.hazards)
        ),
        findings=conditions.severities.weigh(
            (*findings_of_history(proven.history, proven.heads), *findings_of_edited(found.edited)), path=None
        ),
        skipped=len(proven.history) - len(found.results),
        notes=(*proven.notes, *([restored] if found.restored else [])),
        seconds=seconds,
        database=found.database,
        gates=found.gates,
    )


async def _wanted(request: HistoryRequest, loaded: Loaded) -> frozenset[str]:
    """Return the revisions that the user asks to be proven."""
    if request.since is not None:
        return changed_since(loaded.history, request.since)
    if request.pending:
        return await pending(loaded.project, loaded.environment, loaded.history, request.database)
    return select(loaded.project, loaded.history, request.range or "base:heads")


def _notes_of_history(loaded: Loaded) -> tuple[str, ...]:
    absent = tuple(
        f"version_locations names {folder}, which is not there: its revisions were not seen"
        for folder in loaded.project.absent_folders()
    )
    return absent if loaded.history else (*absent, "the history holds no revision yet: nothing was proven")


def _notes(environment: Environment) -> tuple[str, ...]:
    notes = []
    if environment.foreign_dialect:
        notes.append(
            f"the project's own URL is of {environment.foreign_dialect}; "
            f"its revisions ran on PostgreSQL with {environment.driver}"
        )
    if environment.one_transaction:
        notes.append(ONE_TRANSACTION)
    return tuple(notes)
