"""The status of a live database, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from midflight.pg.identifiers import quote_identifier
from midflight.report.amounts import duration, size
from midflight.report.lines import BLANK, Line, code, laid_out, said
from midflight.report.phases import backfill_lines, contract_lines, instance_lines, shown_backfills
from midflight.report.session import session_text
from midflight.report.visible import one_line
from midflight.report.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from midflight.checks.status import Standing, Status
    from midflight.report.lines import Page
    from midflight.runner.journal_entries import JournalEntry
    from midflight.runner.overview import InvalidIndex, LockWait, Session, UnvalidatedConstraint

PENDING_SHOWN = 20
_GOOD, _BAD = "green", "bold yellow"


def status_text(status: Status, page: Page) -> str:
    """Write a status for people."""
    return laid_out(status_lines(status), page)


def status_lines(status: Status) -> Iterator[Line]:
    """Tell where the database is, what happened to it last, and what needs attention."""
    overview = status.overview
    yield said(f"{status.database}, PostgreSQL {overview.version}", "bold", hanging=1)
    yield BLANK
    yield from _revision(status)
    yield from _phases(status)
    journal = "none" if status.journal.hashes is None else "empty"
    is_running = status.deployer is not None
    if status.deployer:
        yield _row(
            "Upgrade", f"under way for {duration(status.deployer.seconds or 0)}: pid {status.deployer.pid}", _BAD
        )
        yield BLANK
    yield from _part("Journal", journal, (_entry(entry, is_running=is_running) for entry in status.journal.entries))
    yield from _part("INVALID indexes", "none", (_index(index) for index in overview.invalid_indexes))
    yield from _part("NOT VALID constraints", "none", (_unvalidated(constraint) for constraint in overview.unvalidated))
    yield from _part("Waiting locks", "none", (_wait(wait) for wait in overview.waits))
    yield from _part("Long transactions", "none", (_session(one, 1) for one in overview.transactions))
    if not overview.sees_all:
        yield said(
            f"What other roles run cannot be seen: GRANT pg_read_all_stats TO {quote_identifier(status.database.user)} "
            "shows it.",
            "dim",
        )


def _phases(status: Status) -> Iterator[Line]:
    """Tell the contracts that wait, what holds them back, and who is alive."""
    contracts = status.standing.contracts if status.standing else ()
    is_known = status.facts is not None
    if contracts:
        told = (contract_lines(one, status.gates(one), is_known=is_known) for one in contracts)
        yield from _part("Contract revisions that wait", "none", told)
    if status.facts is None:
        yield _row("Backfills and instances", "cannot be seen: this role may not read the schema midflight")
        yield BLANK
        return
    unknown = status.unknown_instances
    yield from _part("Backfills", "none", map(backfill_lines, shown_backfills(status.facts.backfills)))
    instances = (instance_lines(one, is_unknown=one in unknown) for one in status.facts.instances)
    yield from _part("Live instances", "none have told of themselves", instances)


def _revision(status: Status) -> Iterator[Line]:
    versions, standing = status.versions, status.standing
    if versions.table is None:
        yield _row("Revision", "none: there is no version table")
        if versions.elsewhere:
            where = ", ".join(versions.elsewhere)
            yield said(
                f"One of its name is in the schema {where}, to which the search_path does not lead.", _BAD, depth=1
            )
    elif standing is None:
        yield _row("Revision", ", ".join(versions.revisions) or "none")
        yield said("There is no Alembic project here to compare it with.", "dim", depth=1)
    if standing is not None:
        yield from _against_history(standing, is_new=versions.table is None)
    yield BLANK


def _against_history(standing: Standing, *, is_new: bool) -> Iterator[Line]:
    for id_, title in standing.current:
        yield _row("Revision", f"{id_}  {title}" if title != id_ else id_)
    if not standing.current and not standing.unknown and not is_new:
        yield _row("Revision", "none: the version table is empty")
    for id_ in standing.unknown:
        yield _row("Revision", f"{id_}, which this history does not have", _BAD)
    if standing.pending and not standing.due:
        yield said("up to date, but for the contract phase", _GOOD, depth=1)
    elif standing.pending:
        heads = "head" if len(standing.heads) == 1 else "heads"
        yield said(f"{counted(len(standing.pending), 'revision')} behind the {heads}:", _BAD, depth=1)
        for revision in standing.pending[:PENDING_SHOWN]:
            title = "" if revision.title == revision.id else f"  {one_line(revision.title)}"
            yield Line(Text.assemble((one_line(revision.id), "bold"), title), 2, 1)
        if len(standing.pending) > PENDING_SHOWN:
            yield said(f"and {len(standing.pending) - PENDING_SHOWN} more", depth=2)
    elif not standing.unknown:
        yield said("up to date" if standing.heads else "the history holds no revision yet", _GOOD, depth=1)
    for revision in standing.edited:
        yield said(f"{revision.id} was edited after it was applied: {revision.path.name}", _BAD, depth=1)


def _part(name: str, none: str, told: Iterable[Iterable[Line]]) -> Iterator[Line]:
    """Write a heading with what belongs under it, or that there is nothing."""
    lines = [line for lines in told for line in lines]
    yield _row(name, "" if lines else none)
    yield from lines
    yield BLANK


def _entry(entry: JournalEntry, *, is_running: bool) -> Iterator[Line]:
    text = f"{entry.started_at:%Y-%m-%d %H:%M:%S %Z}  {entry.direction} {entry.revision}"
    if entry.finished_at is None:
        end = "is under way" if is_running else "was interrupted: midflight upgrade goes on where it stopped"
        yield said(f"{text} {end}", _BAD, depth=1, hanging=1)
    else:
        took = duration((entry.finished_at - entry.started_at).total_seconds())
        waited = f", {duration(entry.waited)} of it waiting for locks" if entry.waited else ""
        style = _BAD if entry.state == "failed" else ""
        yield said(f"{text} {entry.state} in {took}{waited}", style, depth=1, hanging=1)
    yield said(f"by {entry.operator}, Midflight {entry.midflight_version}", "dim", depth=2)
    if entry.note:
        yield said(entry.note, _BAD, depth=2, hanging=1)


def _index(index: InvalidIndex) -> Iterator[Line]:
    name = f"{index.name} of {index.table}, {size(index.bytes)}"
    if index.build is not None:
        percent = f" ({index.build.percent:.0f} %)" if index.build.percent is not None else ""
        phase = index.build.phase or "in an unknown phase"
        yield said(f"{name}: pid {index.build.pid} is building it, {phase}{percent}", depth=1, hanging=1)
        return
    yield said(
        f"{name}: no query uses it, every write keeps it up, and nobody is building it", _BAD, depth=1, hanging=1
    )
    yield from code(f"DROP INDEX CONCURRENTLY {index.name.sql};", "green", depth=2)


def _unvalidated(constraint: UnvalidatedConstraint) -> Iterator[Line]:
    text = f"{constraint.kind} {constraint.name} of {constraint.table}: older rows may violate it"
    yield said(text, depth=1, hanging=1)
    name = quote_identifier(constraint.name)
    yield from code(f"ALTER TABLE {constraint.table.sql} VALIDATE CONSTRAINT {name};", "green", depth=2)


def _wait(wait: LockWait) -> Iterator[Line]:
    yield from _session(wait.session, 1)
    waited = f"has waited {duration(wait.seconds)} for" if wait.seconds is not None else "waits for"
    yield said(f"{waited} {wait.waits_for}{', behind' if wait.blockers else ''}", depth=2, hanging=1)
    for blocker in wait.blockers:
        yield from _session(blocker, 3)


def _session(session: Session, depth: int) -> Iterator[Line]:
    yield said(session_text(session), depth=depth, hanging=1)
    if session.statement:
        yield said(session.statement, "cyan", depth=depth + 1, hanging=1)


def _row(name: str, text: str, style: str = "") -> Line:
    return Line(Text.assemble((f"{name:<12}", "bold"), (f" {one_line(text)}" if text else "", style)), hanging=6)
