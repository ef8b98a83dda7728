"""SQL that nobody could look into: neither its text nor a server has shown what it does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.hazard import Example, Harm, Hazard, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight

_RUNS_NOTHING = frozenset({"PREPARE"})


def check(sight: Sight) -> Iterator[Harm]:
    """See a statement that the grammar cannot read and that was not observed; one that failed is told as such."""
    statement, trace = sight.statement, sight.seen.trace
    failed = trace is not None and trace.error is not None
    if statement.opaque and not sight.observed and not failed and statement.kind not in _RUNS_NOTHING:
        unobserved = f", and it could not be watched: {trace.unobserved}" if trace and trace.unobserved else ""
        yield Harm("", _message(statement.opaque, unobserved), advice=_ADVICE)


def _message(opaque: str, unobserved: str) -> str:
    return (
        f"What this does is not known ({opaque}{unobserved}). It may lock, rewrite or empty any table; that nothing "
        "else is said of it means nothing."
    )


_ADVICE = (
    "Send its statements one by one, so that each gets a verdict; or read it as if nobody had checked it, because "
    "nobody has."
)

HAZARD = Hazard(
    id="opaque-sql",
    title="SQL that could be neither read nor watched",
    severity=Severity.WARNING,
    effect="Whatever the statement does to the service, nothing here tells.",
    safe_form="Send its statements one by one; or let a person read it with care.",
    source_url="https://www.postgresql.org/docs/current/sql-do.html",
    check=check,
    dangerous=(
        Example(
            setup="CREATE TABLE users (id int PRIMARY KEY);",
            revision="DO $$ BEGIN EXECUTE 'ALTER TABLE users ADD COLUMN name text'; END $$;",
        ),
    ),
    safe=(
        Example(
            setup="CREATE TABLE users (id int PRIMARY KEY);",
            revision="ALTER TABLE users ADD COLUMN name text;",
        ),
    ),
)
