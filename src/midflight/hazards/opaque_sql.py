"""SQL whose text does not tell what it does: a DO block, a call, what the grammar cannot read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.hazard import Example, Harm, Hazard, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight

_RUNS_NOTHING = frozenset({"PREPARE"})
_QUERY = "SELECT"


def check(sight: Sight) -> Iterator[Harm]:
    """See a statement whose text tells nothing, unless a server showed that it disturbs nobody.

    One that failed is told as such.
    """
    statement, trace = sight.statement, sight.seen.trace
    failed = trace is not None and trace.error is not None
    if failed or statement.kind in _RUNS_NOTHING:
        return
    if sight.observed:
        yield from _observed(sight)
    elif statement.opaque:
        unobserved = f", and it could not be watched: {trace.unobserved}" if trace and trace.unobserved else ""
        yield Harm("", _message(statement.opaque, unobserved), advice=_ADVICE)


def _observed(sight: Sight) -> Iterator[Harm]:
    """See what a DO block, a procedure, or a function in a SELECT was seen to do to live tables."""
    reason = sight.statement.opaque or (_OF_QUERY if _is_plain_query(sight) else None)
    done = [f"locks {table} ({mode.label})" for table, mode in sight.strong_locks()]
    done += [f"reads and writes all of {table}" for table in sight.written_whole]
    if reason and done:
        table = (*(table for table, _ in sight.strong_locks()), *sight.written_whole)[0]
        yield Harm(table, _message_of_observed(reason, done), advice=_ADVICE)


def _is_plain_query(sight: Sight) -> bool:
    """Whether it is a SELECT that by its text changes nothing."""
    return sight.statement.kind == _QUERY and not sight.statement.changes


_OF_QUERY = "what the functions that it calls do is not in the statement"


def _message(opaque: str, unobserved: str) -> str:
    return (
        f"What this does is not known ({opaque}{unobserved}). It may lock, rewrite or empty any table; that nothing "
        "else is said of it means nothing."
    )


def _message_of_observed(reason: str, done: list[str]) -> str:
    return (
        f"What this does is not in its text ({reason}). On the shadow it {', '.join(done)}; how long that takes, and "
        "whether running code survives it, nothing here tells."
    )


_ADVICE = (
    "Send its statements one by one, so that each gets a verdict; or read it as if nobody had checked it, because "
    "nobody has."
)

HAZARD = Hazard(
    id="opaque-sql",
    title="SQL whose text does not tell what it does",
    severity=Severity.WARNING,
    effect="Whatever it does to the service, at most the locks that the shadow saw are told.",
    safe_form="Send its statements one by one; or let a person read it with care.",
    source_url="https://www.postgresql.org/docs/current/sql-do.html",
    check=check,
    dangerous=(
        Example(
            setup="CREATE TABLE users (id int PRIMARY KEY);",
            revision="DO $$ BEGIN EXECUTE 'ALTER TABLE users ADD COLUMN name text'; END $$;",
        ),
        Example(
            setup="CREATE TABLE users (id int PRIMARY KEY, name text);",
            revision="DO $$ BEGIN UPDATE users SET name = lower(name); END $$;",
        ),
    ),
    safe=(
        Example(
            setup="CREATE TABLE users (id int PRIMARY KEY);",
            revision="ALTER TABLE users ADD COLUMN name text;",
        ),
        Example(setup="CREATE TABLE users (id int PRIMARY KEY);", revision="SELECT count(*) FROM users;"),
    ),
)
