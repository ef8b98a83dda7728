"""RENAME TO leaves either the old or the new code without its table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.alembic_code import call
from midflight.hazards.fix import alter_table, execute, in_one_transaction, lines
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.hazards.old_names import other_table_takes, view_takes
from midflight.hazards.phased_form import in_phases
from midflight.pg.identifiers import quote_identifier
from midflight.sql.changes import RenameTable
from midflight.sql.names import Name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight
    from midflight.hazards.fix import Fix


def check(sight: Sight) -> Iterator[Harm]:
    """See a live table that is renamed, and no view that takes its old name in the same transaction."""
    for rename in sight.changes(RenameTable):
        if sight.concerns_live_table(rename.table) and not view_takes(rename.table, sight):
            yield _replaced(rename) if other_table_takes(rename.table, sight) else _renamed(rename)


def _renamed(rename: RenameTable) -> Harm:
    return Harm(str(rename.table), _message(rename), _fix(rename))


def _replaced(rename: RenameTable) -> Harm:
    message = (
        f"From the moment this commits, code that uses {rename.table} meets another table of that name: running "
        f"instances find none of the rows that are now in {rename.new_name}, and fail where its columns are others."
    )
    advice = (
        "Give the new table a name of its own, let a release write both and read the old one, copy the older rows in "
        "batches, and let the next release read the new one."
    )
    return Harm(str(rename.table), message, advice=advice)


def _message(rename: RenameTable) -> str:
    return (
        f"Code that uses {rename.table} fails from the moment this commits; code that uses {rename.new_name} fails "
        "until then. While a release is rolled out both run, so one of them fails."
    )


def _fix(rename: RenameTable) -> Fix:
    new = Name(rename.table.schema, rename.new_name)
    return lines(
        _phases(rename),
        "in one transaction; a view of one table can be read and written like it:",
        in_one_transaction(
            alter_table(rename.table, f"RENAME TO {quote_identifier(rename.new_name)}"),
            execute(f"CREATE VIEW {rename.table.sql} AS SELECT * FROM {new.sql}"),  # noqa: S608 -- quoted; and for a person
        ),
        "drop the view when no instance of the older release runs any more",
    )


def _phases(rename: RenameTable) -> Fix:
    table = rename.table
    code = call("op.rename_table", table.name, rename.new_name, schema=table.schema, phase="expand")
    return in_phases(code, "rename_table", str(table), rename.new_name)


_TABLE = "CREATE TABLE users (id int PRIMARY KEY);"

HAZARD = Hazard(
    id="rename-table",
    title="Renaming a table breaks the code that uses the old name",
    severity=Severity.ERROR,
    effect="While old and new code run side by side, one of them names a table that is not there.",
    safe_form="Rename it and create a view with the old name in one transaction; drop the view a release later.",
    source_url="https://www.postgresql.org/docs/current/sql-createview.html#SQL-CREATEVIEW-UPDATABLE-VIEWS",
    check=check,
    breaks_old_code=True,
    dangerous=(
        Example(setup=_TABLE, revision="ALTER TABLE users RENAME TO accounts;"),
        Example(setup=_TABLE, revision="ALTER TABLE users RENAME TO old_users; CREATE TABLE users (name text);"),
    ),
    safe=(
        Example(
            setup=_TABLE,
            revision="ALTER TABLE users RENAME TO accounts; CREATE VIEW users AS SELECT * FROM accounts;",
        ),
        Example(setup="", revision="CREATE TABLE users_new (id int); ALTER TABLE users_new RENAME TO users;"),
    ),
)
