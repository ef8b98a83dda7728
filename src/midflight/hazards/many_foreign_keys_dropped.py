"""DROP TABLE locks every table to which the dropped one has foreign keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.alembic_code import NEXT_REVISION, execute, lines, outside_transaction
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.sql.changes import DropTable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from midflight.hazards.evidence import Sight

_MANY = 2
"""Tables beside the dropped one; for one alone the wait is that of any other ALTER TABLE."""


def check(sight: Sight) -> Iterator[Harm]:
    """See live tables that are dropped and for whose foreign keys several other tables are locked."""
    dropped = [drop for drop in sight.changes(DropTable) if sight.concerns_live_table(drop.table)]
    if not dropped or sight.has_lock_timeout:
        return
    others = _others(dropped, sight)
    if len(others) >= _MANY:
        yield Harm(str(dropped[0].table), _message(dropped, others), _fix(dropped, sight))


def _others(dropped: Sequence[DropTable], sight: Sight) -> list[str]:
    if sight.observed:
        return sorted(set(sight.locked_beside(*(drop.table for drop in dropped))))
    referenced = {key.references for drop in dropped for key in sight.table(drop.table).foreign_keys}
    kept = (name for name in referenced if not any(drop.table.may_be(name) for drop in dropped))
    return sorted(str(name) for name in kept if sight.concerns_live_table(name))


def _message(dropped: Sequence[DropTable], others: Sequence[str]) -> str:
    names = " and ".join(str(drop.table) for drop in dropped)
    return (
        f"The foreign keys of {names} go with it, and for that {', '.join(others)} are locked too (ACCESS EXCLUSIVE), "
        "one after the other and all until the transaction ends: every query on any of them waits, reads too, for the "
        "longest transaction on any of the others. With sessions that use two of them a deadlock is likely."
    )


def _fix(dropped: Sequence[DropTable], sight: Sight) -> str:
    keys = "SELECT conname FROM pg_constraint WHERE contype = 'f' AND conrelid = to_regclass(:name)"
    parts = []
    for drop in dropped:
        table = drop.table.sql
        parts += [
            f"names = op.get_bind().execute(sa.text({keys!r}), {{'name': {table!r}}}).scalars().all()",
            "for name in names:",
            f"    op.drop_constraint(name, {drop.table.name!r}, schema={drop.table.schema!r})",
        ]
    return lines(
        "# first the foreign keys, one at a time:",
        outside_transaction(*parts),
        NEXT_REVISION,
        execute(sight.statement.text),
    )


_TABLES = (
    "CREATE TABLE users (id int PRIMARY KEY); CREATE TABLE orders (id int PRIMARY KEY);"
    "CREATE TABLE bills (id int PRIMARY KEY, user_id int, order_id int,"
    " CONSTRAINT of_user FOREIGN KEY (user_id) REFERENCES users,"
    " CONSTRAINT of_order FOREIGN KEY (order_id) REFERENCES orders);"
    "CREATE TABLE notes (id int PRIMARY KEY, user_id int REFERENCES users);"
)

HAZARD = Hazard(
    id="many-foreign-keys-dropped",
    title="Dropping a table locks all that its foreign keys refer to",
    severity=Severity.WARNING,
    effect="DROP TABLE waits for ACCESS EXCLUSIVE on each table that its foreign keys refer to, and holds all of them.",
    safe_form="Drop the foreign keys first, each in a transaction of its own; then the table.",
    source_url="https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES",
    check=check,
    dangerous=(Example(setup=_TABLES, revision="DROP TABLE bills;", also=("drop-table",)),),
    safe=(
        Example(setup=_TABLES, revision="DROP TABLE notes;", also=("drop-table",)),
        Example(
            setup=_TABLES,
            revision="ALTER TABLE bills DROP CONSTRAINT of_user;"
            "ALTER TABLE bills DROP CONSTRAINT of_order; DROP TABLE bills;",
            autocommit=True,
            also=("drop-table",),
        ),
        Example(
            setup=_TABLES,
            revision="CREATE TABLE own (user_id int REFERENCES users, order_id int REFERENCES orders); DROP TABLE own;",
        ),
    ),
)
