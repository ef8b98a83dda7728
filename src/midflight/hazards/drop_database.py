"""DROP DATABASE, in a history of schema changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.sql.objects import DropDatabase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight


def check(sight: Sight) -> Iterator[Harm]:
    """See a database that is dropped."""
    for drop in sight.changes(DropDatabase):
        yield Harm("", _message(drop), advice=_ADVICE)


def _message(drop: DropDatabase) -> str:
    return (
        f"All that is in {drop.name} is gone at once, and only a backup brings it back. The statement runs on every "
        "server to which this history is ever applied."
    )


_ADVICE = (
    "Drop a database by hand, once, after a last backup, and not in a migration: that is for the schema of the one "
    "database that it runs in."
)

_TABLE = "CREATE TABLE users (id int PRIMARY KEY);"

HAZARD = Hazard(
    id="drop-database",
    title="A revision drops a database",
    severity=Severity.ERROR,
    effect="The database is gone with all its data, on every server to which the history is applied.",
    safe_form="Drop it by hand, once, after a last backup.",
    source_url="https://www.postgresql.org/docs/current/sql-dropdatabase.html",
    check=check,
    dangerous=(Example(setup=_TABLE, revision="DROP DATABASE IF EXISTS shop_of_last_year;", autocommit=True),),
    safe=(Example(setup=_TABLE, revision="COMMENT ON TABLE users IS 'people';"),),
)
