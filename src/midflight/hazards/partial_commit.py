"""A revision that commits on its way cannot be run again when its second half fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.hazard import Example, Harm, Hazard, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight


def check(sight: Sight) -> Iterator[Harm]:
    """See the first statement before which something is committed that cannot be run again.

    A revision all of whose statements run in autocommit was written for that, and one all of whose statements run in a
    transaction commits nothing on its way.
    """
    committed = _committed(sight)
    if committed and not any(map(_committed, sight.earlier)):
        yield Harm("", _message(sight, committed), advice=_ADVICE)


def _committed(sight: Sight) -> Sight | None:
    """The earlier statement that is committed and cannot be run again, where this one begins another way of running."""
    if sight.index == 0:
        return None
    *_, previous = sight.earlier
    if previous.seen.autocommit == sight.seen.autocommit:
        return None
    return next((earlier for earlier in sight.earlier if not _can_run_again(earlier)), None)


def _can_run_again(sight: Sight) -> bool:
    """Whether a statement can be sent again; an operation of Midflight's leaves out by itself what is done."""
    trace = sight.seen.trace
    return sight.statement.can_run_again or (trace is not None and trace.resumes)


def _message(sight: Sight, committed: Sight) -> str:
    line = f" in line {committed.seen.line}" if committed.seen.line else ""
    return (
        f"{committed.statement.kind}{line} is committed before this {sight.statement.kind} begins, since the two do "
        "not share a transaction. Where this one fails (a timeout, a deadlock, a duplicate), the revision counts as "
        f"not applied; the next upgrade begins with {committed.statement.kind} again, finds its work done, and fails "
        "for good until somebody mends the database by hand."
    )


_ADVICE = (
    "Two revisions: what runs in a transaction in one, what runs in the autocommit_block in the other. Or write what "
    "is committed first so that it can be run again (IF NOT EXISTS, IF EXISTS)."
)

_TABLE = "CREATE TABLE orders (id int PRIMARY KEY, total int);"

HAZARD = Hazard(
    id="partial-commit",
    title="A revision that is half applied when it fails",
    severity=Severity.WARNING,
    effect="What came before an autocommit step is committed; where a later step fails, the upgrade cannot go on.",
    safe_form="Autocommit steps in a revision of their own; or IF NOT EXISTS and IF EXISTS before them.",
    source_url="https://www.postgresql.org/docs/current/tutorial-transactions.html",
    check=check,
    dangerous=(
        Example(
            setup=_TABLE,
            revision="BEGIN; ALTER TABLE orders ADD COLUMN note text; COMMIT;"
            "CREATE INDEX CONCURRENTLY ix_total ON orders (total);",
            autocommit=True,
        ),
        Example(
            setup=_TABLE,
            revision="CREATE INDEX CONCURRENTLY ix_total ON orders (total);"
            "BEGIN; ALTER TABLE orders ADD COLUMN note text; COMMIT;",
            autocommit=True,
        ),
    ),
    safe=(
        Example(
            setup=_TABLE,
            revision="CREATE INDEX CONCURRENTLY ix_total ON orders (total);"
            "CREATE INDEX CONCURRENTLY ix_both ON orders (id, total);",
            autocommit=True,
        ),
        Example(
            setup=_TABLE,
            revision="BEGIN; ALTER TABLE orders ADD COLUMN IF NOT EXISTS note text; COMMIT;"
            "CREATE INDEX CONCURRENTLY ix_total ON orders (total);",
            autocommit=True,
        ),
        Example(
            setup=_TABLE,
            revision="ALTER TABLE orders ADD COLUMN note text; CREATE TABLE bills (id int);",
        ),
    ),
)
