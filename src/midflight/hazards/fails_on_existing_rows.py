"""A revision that succeeds on empty tables and fails on rows."""

from __future__ import annotations

from midflight.hazards.hazard import HistoryHazard, Severity

HAZARD = HistoryHazard(
    id="fails-on-existing-rows",
    title="A revision that fails on rows",
    severity=Severity.WARNING,
    effect=(
        "It succeeds on empty tables and fails on tables with rows: in development nobody sees it, in production the "
        "deployment stops. The shadow's rows are synthetic: they satisfy the constraints that are there, and make use "
        "of all that these allow, such as NULL in a nullable column and equal values in one that is not unique."
    ),
    safe_form=(
        "Look in production for rows that are in the way, in the words of PostgreSQL's message; mend them in a "
        "revision before this one. Where you know that there are none, allow it and say why."
    ),
    source_url="https://www.postgresql.org/docs/current/ddl-alter.html",
)

SURELY_FAIL = frozenset({"add-required-column"})
"""Hazards of statements that say already that any row is in the way."""

_ALLOWED_BEFORE = {
    "23502": "The column was nullable, so a row holds NULL there. Fill such rows before.",
    "23503": "Nothing made the values refer to anything, so a row refers to nothing. Mend or delete such rows before.",
    "23505": "Nothing made the values unique, so two rows have the same. Mend or delete such rows before.",
    "23514": "Nothing kept rows from holding what the constraint forbids. Mend such rows before.",
    "23P01": "Nothing kept rows from being in conflict with each other. Mend or delete such rows before.",
    "22001": "A value is longer than the new type allows. Shorten such values before.",
    "22003": "A value is larger than the new type allows. Look for such values before.",
    "22P02": "A value is not one of the new type's. Say with USING how values become that, and look for others before.",
}


def advice_for(sqlstate: str | None) -> str:
    """Say what was in the way, by PostgreSQL's SQLSTATE."""
    return _ALLOWED_BEFORE.get(sqlstate or "", HAZARD.safe_form)
