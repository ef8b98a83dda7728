"""VACUUM FULL writes the whole table anew while nobody else may touch it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.fix import execute, lines, outside_transaction
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.sql.storage import Vacuum

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight
    from midflight.hazards.fix import Fix


def check(sight: Sight) -> Iterator[Harm]:
    """See VACUUM FULL of a live table, or of all tables."""
    for vacuum in sight.changes(Vacuum):
        if vacuum.full and (vacuum.table is None or sight.concerns_live_table(vacuum.table)):
            yield Harm(str(vacuum.table or ""), _message(vacuum), _fix(vacuum))


def _message(vacuum: Vacuum) -> str:
    table = vacuum.table or "one table after the other, all of the database,"
    return (
        f"VACUUM FULL copies {table} into a new file, with its indexes, under an ACCESS EXCLUSIVE lock: until that is "
        "done, every query on it waits, reads too. The wait grows with the table's rows."
    )


def _fix(vacuum: Vacuum) -> Fix:
    plain = f"VACUUM {vacuum.table.sql}" if vacuum.table else "VACUUM"
    return lines(
        "a plain VACUUM blocks nobody; the space that it frees is used again by new rows.",
        "To give it back to the disk while the service runs, use an extension such as pg_repack.",
        outside_transaction(execute(plain)),
    )


_TABLE = "CREATE TABLE orders (id int PRIMARY KEY, total int);"

HAZARD = Hazard(
    id="vacuum-full",
    title="VACUUM FULL rewrites the table under lock",
    severity=Severity.ERROR,
    effect="VACUUM FULL copies the table under ACCESS EXCLUSIVE: every query on it waits.",
    safe_form="A plain VACUUM; or a tool that copies the table beside the service, such as pg_repack.",
    source_url="https://www.postgresql.org/docs/current/sql-vacuum.html",
    check=check,
    dangerous=(
        Example(setup=_TABLE, revision="VACUUM FULL orders;", autocommit=True),
        Example(setup=_TABLE, revision="VACUUM (FULL, ANALYZE);", autocommit=True),
    ),
    safe=(
        Example(setup=_TABLE, revision="VACUUM (ANALYZE) orders;", autocommit=True),
        Example(setup=_TABLE, revision="VACUUM (FULL false) orders;", autocommit=True),
    ),
)
