"""The status of a live database, for machines: described in docs/reference/plan-and-status.md."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from midflight import __version__
from midflight.report.phases_json import phases_json

if TYPE_CHECKING:
    from datetime import datetime

    from midflight.checks.status import Standing, Status
    from midflight.runner.journal_entries import JournalEntry
    from midflight.runner.overview import InvalidIndex, LockWait, Session

SCHEMA_VERSION: Final = 1
"""Counted up when a field changes its meaning or goes; a new field alone does not count it up."""


def status_json(status: Status) -> str:
    """Write a status in ASCII, so that no terminal and no locale can spoil it."""
    return json.dumps(_document(status), indent=2) + "\n"


def _document(status: Status) -> dict[str, Any]:
    overview, versions = status.overview, status.versions
    return {
        "schema_version": SCHEMA_VERSION,
        "midflight_version": __version__,
        "database": str(status.database),
        "server_version": str(overview.version),
        "needs_attention": status.needs_attention,
        "version_table": str(versions.table) if versions.table else None,
        "revisions": list(versions.revisions),
        "history": _standing(status.standing) if status.standing else None,
        **phases_json(status),
        "deployer": _session(status.deployer) if status.deployer else None,
        "journal": [_entry(entry) for entry in status.journal.entries],
        "invalid_indexes": [_index(index) for index in overview.invalid_indexes],
        "unvalidated_constraints": [
            {"table": str(one.table), "name": one.name, "kind": one.kind} for one in overview.unvalidated
        ],
        "waiting_locks": [_wait(wait) for wait in overview.waits],
        "long_transactions": [_session(session) for session in overview.transactions],
        "sees_all_sessions": overview.sees_all,
    }


def _standing(standing: Standing) -> dict[str, Any]:
    return {
        "heads": list(standing.heads),
        "pending": [
            {"id": revision.id, "title": revision.title, "phase": revision.phase.value} for revision in standing.pending
        ],
        "unknown": list(standing.unknown),
        "edited": [revision.id for revision in standing.edited],
    }


def _entry(entry: JournalEntry) -> dict[str, Any]:
    return {
        "revision": entry.revision,
        "direction": entry.direction,
        "state": entry.state,
        "started_at": entry.started_at.isoformat(),
        "finished_at": _when(entry.finished_at),
        "waited_seconds": entry.waited,
        "tries": entry.tries,
        "operator": entry.operator,
        "note": entry.note,
        "midflight_version": entry.midflight_version,
    }


def _when(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _index(index: InvalidIndex) -> dict[str, Any]:
    build = index.build
    return {
        "name": str(index.name),
        "table": str(index.table),
        "bytes": index.bytes,
        "build": {"pid": build.pid, "phase": build.phase, "percent": build.percent} if build else None,
    }


def _wait(wait: LockWait) -> dict[str, Any]:
    return {
        "session": _session(wait.session),
        "seconds": wait.seconds,
        "mode": wait.mode,
        "table": wait.table,
        "waits_for": wait.waits_for,
        "blockers": [_session(blocker) for blocker in wait.blockers],
    }


def _session(session: Session) -> dict[str, Any]:
    return {
        "pid": session.pid,
        "user": session.user,
        "application": session.application,
        "state": session.state,
        "transaction_seconds": session.seconds,
        "xmin_age": session.xmin_age,
        "statement": session.statement,
    }
