"""SET LOGGED and SET UNLOGGED write the whole table anew while nobody else may touch it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.sql.storage import SetLogged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight


def check(sight: Sight) -> Iterator[Harm]:
    """See a live table that begins or ends to be logged."""
    for change in sight.changes(SetLogged):
        rewrites = sight.rewrote(change.table) if sight.observed else True
        if rewrites and sight.concerns_live_table(change.table):
            yield Harm(str(change.table), _message(change), advice=_advice(change))


def _message(change: SetLogged) -> str:
    form, then = ("SET LOGGED", "") if change.logged else ("SET UNLOGGED", _LOSS)
    return (
        f"{form} writes {change.table} anew, with its indexes, under an ACCESS EXCLUSIVE lock: until that is done and "
        f"the transaction ends, every query on {change.table} waits, reads too. The wait grows with the table's "
        f"rows.{then}"
    )


_LOSS = " From then on a crash of the server empties the table, and no replica has it."


def _advice(change: SetLogged) -> str:
    kind = "a logged" if change.logged else "an unlogged"
    return (
        f"Make {kind} table beside {change.table}, let the application write both, copy the older rows in batches, and "
        "switch. Where the table is small, a quiet time and a short lock_timeout do."
    )


_TABLE = "CREATE TABLE events (id int PRIMARY KEY); CREATE UNLOGGED TABLE cache (id int PRIMARY KEY);"

HAZARD = Hazard(
    id="set-logged",
    title="SET LOGGED or UNLOGGED rewrites the table under lock",
    severity=Severity.ERROR,
    effect="The table is written anew under ACCESS EXCLUSIVE: every query on it waits.",
    safe_form="A second table, written beside the first and filled in batches; or a quiet time where it is small.",
    source_url="https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-SET-LOGGED-UNLOGGED",
    check=check,
    dangerous=(
        Example(setup=_TABLE, revision="ALTER TABLE events SET UNLOGGED;"),
        Example(setup=_TABLE, revision="ALTER TABLE cache SET LOGGED;"),
    ),
    safe=(
        Example(setup=_TABLE, revision="CREATE UNLOGGED TABLE copies (id int);"),
        Example(setup="", revision="CREATE UNLOGGED TABLE copies (id int); ALTER TABLE copies SET LOGGED;"),
    ),
)
