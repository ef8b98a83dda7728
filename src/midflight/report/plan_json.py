"""What an upgrade would do, for machines: described in docs/reference/plan-and-status.md."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from midflight import __version__
from midflight.report.phases_json import gate_json
from midflight.report.places import shown_path

if TYPE_CHECKING:
    from pathlib import Path

    from midflight.checks.estimates import Estimate
    from midflight.checks.planning import Plan, PlannedRevision, PlannedStatement, Touch
    from midflight.hazards.finding import Finding
    from midflight.trace.record import HeldLock

SCHEMA_VERSION: Final = 1
"""Counted up when a field changes its meaning or goes; a new field alone does not count it up."""


def plan_json(plan: Plan, here: Path) -> str:
    """Write a plan in ASCII, so that no terminal and no locale can spoil it."""
    return json.dumps(_document(plan, here), indent=2) + "\n"


def _document(plan: Plan, here: Path) -> dict[str, Any]:
    checked = plan.checked
    return {
        "schema_version": SCHEMA_VERSION,
        "midflight_version": __version__,
        "database": str(checked.database),
        "proven_on": checked.server.where,
        "exit_code": checked.exit_code,
        "seconds": _estimate(plan.estimate),
        "reads_wait_seconds": _estimate(plan.reads_wait),
        "writes_wait_seconds": _estimate(plan.writes_wait),
        "notes": list(checked.notes),
        "findings": [_finding(finding) for finding in checked.findings],
        "gates": [gate_json(gate) for gate in checked.gates],
        "revisions": [_revision(plan, revision, here) for revision in plan.revisions],
    }


def _revision(plan: Plan, revision: PlannedRevision, here: Path) -> dict[str, Any]:
    result = revision.result
    return {
        "id": result.id,
        "title": result.title,
        "phase": result.phase.value if result.phase else None,
        "path": str(shown_path(result.path, here)) if result.path else None,
        "outcome": result.outcome.value,
        "reason": result.reason,
        "findings": [_finding(finding) for finding in revision.findings],
        "statements": [_statement(plan, statement) for statement in revision.statements],
    }


def _statement(plan: Plan, planned: PlannedStatement) -> dict[str, Any]:
    statement = planned.statement
    return {
        "sql": statement.sql,
        "line": statement.line,
        "transaction": statement.transaction,
        "autocommit": statement.autocommit,
        "observed": statement.unobserved is None,
        "locks_taken": [_lock(lock) for lock in planned.locks],
        "locks_held": [_lock(lock) for lock in statement.locks_held],
        "reads_wait": planned.reads_wait,
        "writes_wait": planned.writes_wait,
        "touches": [_touch(plan, touch) for touch in planned.touches],
        "seconds": _estimate(planned.estimate),
        "findings": [_finding(finding) for finding in planned.findings],
        "error": statement.error,
    }


def _lock(lock: HeldLock) -> dict[str, Any]:
    return {"relation": str(lock.relation.name), "kind": lock.relation.kind, "mode": lock.mode.label}


def _touch(plan: Plan, touch: Touch) -> dict[str, Any]:
    size = touch.size
    return {
        "table": str(touch.what.table),
        "work": touch.what.work.value,
        "passes": touch.what.passes,
        "at_most": touch.what.at_most,
        "left_to_workers": touch.is_left_to_workers,
        "exists": size is not None,
        "rows": size.rows if size else None,
        "bytes": touch.bytes,
        "total_bytes": size.total_bytes if size else None,
        "analyzed": size.analyzed.isoformat() if size and size.analyzed else None,
        "large": plan.is_large(touch),
        "seconds": _estimate(touch.estimate),
    }


def _estimate(estimate: Estimate) -> dict[str, float]:
    return {"least": round(estimate.least, 3), "most": round(estimate.most, 3)}


def _finding(finding: Finding) -> dict[str, Any]:
    return {"hazard": finding.hazard, "severity": finding.severity.value, "message": finding.message}
