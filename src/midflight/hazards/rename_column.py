"""RENAME COLUMN leaves either the old or the new code without its column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.alembic_code import call
from midflight.hazards.fix import Remark, alter_table, lines
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.hazards.phased_form import in_phases
from midflight.pg.identifiers import quote_identifier
from midflight.sql.changes import RenameColumn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight
    from midflight.hazards.fix import Fix


def check(sight: Sight) -> Iterator[Harm]:
    """See a column of a live table that is renamed."""
    for rename in sight.changes(RenameColumn):
        if sight.concerns_live_table(rename.table):
            yield Harm(str(rename.table), _message(rename), _fix(rename, sight))


def _message(rename: RenameColumn) -> str:
    return (
        f"Code that names {rename.table}.{rename.column} fails from the moment this commits; code that names "
        f"{rename.new_name} fails until then. While a release is rolled out both run, so one of them fails."
    )


def _fix(rename: RenameColumn, sight: Sight) -> Fix:
    known = sight.table(rename.table).columns.get(rename.column)
    new = quote_identifier(rename.new_name)
    return lines(
        "keep the column, and let the mapping alone have the new name:",
        (Remark(f"    {rename.new_name} = mapped_column({rename.column!r})", ""),),
        _phases(rename),
        "or, where the column itself must change, a second one beside it:",
        alter_table(rename.table, f"ADD COLUMN {new} {known.type if known and known.type else '...'}"),
        f"then, each a release of its own: the code writes {rename.column} and {rename.new_name}; older rows are",
        f"filled in batches; the code reads {rename.new_name}; {rename.column} is dropped",
    )


def _phases(rename: RenameColumn) -> Fix:
    table, names = rename.table, (rename.column, rename.new_name)
    code = call("op.rename_column", table.name, *names, schema=table.schema, phase="expand")
    return in_phases(code, "rename_column", str(table), *names)


HAZARD = Hazard(
    id="rename-column",
    title="Renaming a column breaks the code that uses the old name",
    severity=Severity.ERROR,
    effect="While old and new code run side by side, one of them names a column that is not there.",
    safe_form="Rename in the mapping only; or add a new column, write both, fill, switch, drop the old one.",
    source_url="https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-RENAME",
    check=check,
    breaks_old_code=True,
    dangerous=(
        Example(
            setup="CREATE TABLE users (id int PRIMARY KEY, mail text);",
            revision="ALTER TABLE users RENAME COLUMN mail TO email;",
        ),
    ),
    safe=(
        Example(
            setup="CREATE TABLE users (id int PRIMARY KEY, mail text);",
            revision="ALTER TABLE users ADD COLUMN email text;",
        ),
        Example(
            setup="",
            revision="CREATE TABLE users (id int PRIMARY KEY, mail text); ALTER TABLE users RENAME mail TO email;",
        ),
    ),
)
