"""DROP TABLE locks every table to which the dropped one has foreign keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.fix import NEXT, execute, lines, lines_of_code, outside_transaction
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.pg.identifiers import quote_literal
from midflight.sql.changes import DropTable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from midflight.hazards.evidence import Sight
    from midflight.hazards.fix import Fix
    from midflight.sql.names import Name

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


def _fix(dropped: Sequence[DropTable], sight: Sight) -> Fix:
    return lines(
        "first the foreign keys, one at a time:",
        outside_transaction(*(_without_foreign_keys(drop.table) for drop in dropped)),
        NEXT,
        execute(sight.statement.text),
    )


def _without_foreign_keys(table: Name) -> Fix:
    keys = "SELECT conname FROM pg_constraint WHERE contype = 'f' AND conrelid = to_regclass(:name)"
    code = lines_of_code(
        f"names = op.get_bind().execute(sa.text({keys!r}), {{'name': {table.sql!r}}}).scalars().all()",
        "for name in names:",
        f"    op.drop_constraint(name, {table.name!r}, schema={table.schema!r})",
    )
    text = lines_of_code(
        "DO $keys$",
        "DECLARE",
        "    key name;",
        "BEGIN",
        f"    FOR key IN {keys.replace(':name', quote_literal(table.sql).strip())} LOOP",
        f"        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', {quote_literal(table.sql).strip()}, key);",
        "        COMMIT;",
        "    END LOOP;",
        "END $keys$",
    )
    return execute(text, alembic=code)


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
