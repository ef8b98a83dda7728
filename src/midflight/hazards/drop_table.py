"""DROP TABLE takes away what the running code still reads and writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.fix import execute, lines
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.hazards.old_names import renamed_table_takes
from midflight.sql.changes import DropTable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight
    from midflight.hazards.fix import Fix


def check(sight: Sight) -> Iterator[Harm]:
    """See a live table that is dropped."""
    for drop in sight.changes(DropTable):
        if sight.concerns_live_table(drop.table):
            yield (
                _swap(drop)
                if renamed_table_takes(drop.table, sight)
                else Harm(str(drop.table), _message(drop), _fix(drop))
            )


def _swap(drop: DropTable) -> Harm:
    table = drop.table
    return Harm(
        str(table),
        f"Another table takes the name {table} before this commits. What sessions write into {table} between the copy "
        "of its rows and this statement, which waits for them, is lost, and nothing tells.",
        lines(
            "before the rows are copied: nothing is written from then on, readers go on until the drop;",
            "it fails at once if somebody is writing: then run the upgrade again",
            execute(f"LOCK TABLE {table.sql} IN SHARE ROW EXCLUSIVE MODE NOWAIT"),
        ),
    )


def _message(drop: DropTable) -> str:
    cascade = " CASCADE drops the views and foreign keys that hang on it too." if drop.cascade else ""
    return (
        f"From the moment this commits, each query of a running instance on {drop.table} fails. Its rows are gone, and "
        f"no downgrade brings them back.{cascade}"
    )


def _fix(drop: DropTable) -> Fix:
    return lines(
        f"in a release before this one the code stops using {drop.table};",
        "when no instance of the older release runs any more, this is safe",
    )


HAZARD = Hazard(
    id="drop-table",
    title="Dropping a table breaks the code that still uses it",
    severity=Severity.WARNING,
    effect="Instances of the running release fail on every query on the table; its rows are lost.",
    safe_form="First release code that does not use the table; drop it when no older instance runs any more.",
    source_url="https://www.postgresql.org/docs/current/sql-droptable.html",
    check=check,
    breaks_old_code=True,
    dangerous=(
        Example(setup="CREATE TABLE carts (id int PRIMARY KEY);", revision="DROP TABLE carts;"),
        Example(
            setup="CREATE TABLE carts (id int PRIMARY KEY); CREATE TABLE lines (cart_id int REFERENCES carts (id));",
            revision="DROP TABLE IF EXISTS carts CASCADE;",
        ),
        Example(
            setup="CREATE TABLE carts (id int PRIMARY KEY);",
            revision="CREATE TABLE new_carts (id bigint); INSERT INTO new_carts SELECT * FROM carts; DROP TABLE carts;"
            "ALTER TABLE new_carts RENAME TO carts;",
        ),
    ),
    safe=(Example(setup="", revision="CREATE TABLE scratch (id int); DROP TABLE scratch;"),),
)
