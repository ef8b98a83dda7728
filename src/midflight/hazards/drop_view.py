"""DROP VIEW takes away what the running code still reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.sql.changes import CreateTable, CreateTableAs, CreateView, DropView, RenameTable, RenameView

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight
    from midflight.sql.changes import Change
    from midflight.sql.names import Name


def check(sight: Sight) -> Iterator[Harm]:
    """See a live view that is dropped, and nothing that takes its name in the same transaction."""
    for drop in sight.changes(DropView):
        if sight.concerns_live_table(drop.view) and not _comes_back(drop.view, sight):
            yield Harm(str(drop.view), _message(drop), advice=_advice(drop))


def _comes_back(view: Name, sight: Sight) -> bool:
    return any(
        _makes(change, view)
        for later in sight.later
        if later.shares_transaction(sight)
        for change in later.statement.changes
    )


def _makes(change: Change, view: Name) -> bool:
    match change:
        case CreateView(view=name) | CreateTable(table=name) | CreateTableAs(table=name):
            return name.may_be(view)
        case RenameTable(new_name=new) | RenameView(new_name=new, column=None):
            return new == view.name
        case _:
            return False


def _message(drop: DropView) -> str:
    cascade = " CASCADE drops the views that are built upon it too." if drop.cascade else ""
    return f"From the moment this commits, each query of a running instance on {drop.view} fails.{cascade}"


def _advice(drop: DropView) -> str:
    return (
        f"In a release before this one the code stops using {drop.view}; when no instance of the older release runs "
        "any more, this is safe."
    )


_VIEW = "CREATE TABLE users (id int PRIMARY KEY, name text); CREATE VIEW people AS SELECT id, name FROM users;"
_STORED = "CREATE TABLE users (id int PRIMARY KEY); CREATE MATERIALIZED VIEW people AS SELECT id FROM users;"

HAZARD = Hazard(
    id="drop-view",
    title="Dropping a view breaks the code that still uses it",
    severity=Severity.WARNING,
    effect="Instances of the running release fail on every query on the view.",
    safe_form="First release code that does not use the view; drop it when no older instance runs any more.",
    source_url="https://www.postgresql.org/docs/current/sql-dropview.html",
    check=check,
    breaks_old_code=True,
    dangerous=(
        Example(setup=_VIEW, revision="DROP VIEW people;"),
        Example(setup=_STORED, revision="DROP MATERIALIZED VIEW people;"),
    ),
    safe=(
        Example(setup=_VIEW, revision="DROP VIEW people; CREATE VIEW people AS SELECT id FROM users;"),
        Example(setup=_VIEW, revision="CREATE VIEW ids AS SELECT id FROM users; DROP VIEW ids;"),
        Example(setup=_VIEW, revision="CREATE OR REPLACE VIEW people AS SELECT id, name, 1 AS one FROM users;"),
    ),
)
