"""RENAME of a view, or of a column of it, leaves either the old or the new code without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.fix import execute, lines
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.hazards.old_names import view_takes
from midflight.sql.changes import RenameView
from midflight.sql.names import Name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight


def check(sight: Sight) -> Iterator[Harm]:
    """See a live view that gets another name, or another name for a column."""
    for rename in sight.changes(RenameView):
        kept = rename.column is None and view_takes(rename.view, sight)
        if sight.concerns_live_table(rename.view) and not kept:
            yield _harm(rename)


def _message(rename: RenameView) -> str:
    old = f"{rename.view}.{rename.column}" if rename.column else str(rename.view)
    return (
        f"Code that names {old} fails from the moment this commits; code that names {rename.new_name} fails until "
        "then. While a release is rolled out both run, so one of them fails."
    )


def _harm(rename: RenameView) -> Harm:
    if rename.column:
        return Harm(str(rename.view), _message(rename), advice=_ADVICE_FOR_COLUMN)
    new = Name(rename.view.schema, rename.new_name)
    fix = lines(
        "both names at once; a view of one table can be read and written like it:",
        execute(f"CREATE VIEW {new.sql} AS SELECT * FROM {rename.view.sql}"),  # noqa: S608 -- quoted; and for a person
        "drop the one that is not used when no instance of the older release runs any more",
    )
    return Harm(str(rename.view), _message(rename), fix)


_ADVICE_FOR_COLUMN = (
    "CREATE OR REPLACE VIEW with the column under both names, the new one last; a release later, when no older "
    "instance runs any more, make the view anew without the old one."
)

_VIEW = "CREATE TABLE users (id int PRIMARY KEY, name text); CREATE VIEW people AS SELECT id, name FROM users;"

HAZARD = Hazard(
    id="rename-view",
    title="Renaming a view breaks the code that uses the old name",
    severity=Severity.ERROR,
    effect="While old and new code run side by side, one of them names a view, or a column of it, that is not there.",
    safe_form="Keep both names, the new one as a view of its own; drop the old one a release later.",
    source_url="https://www.postgresql.org/docs/current/sql-alterview.html",
    check=check,
    breaks_old_code=True,
    dangerous=(
        Example(setup=_VIEW, revision="ALTER VIEW people RENAME TO persons;"),
        Example(setup=_VIEW, revision="ALTER VIEW people RENAME COLUMN name TO full_name;"),
    ),
    safe=(
        Example(
            setup=_VIEW, revision="ALTER VIEW people RENAME TO persons; CREATE VIEW people AS SELECT * FROM persons;"
        ),
        Example(setup=_VIEW, revision="CREATE VIEW persons AS SELECT * FROM people;"),
        Example(setup=_VIEW, revision="CREATE VIEW ids AS SELECT id FROM users; ALTER VIEW ids RENAME TO keys;"),
    ),
)
