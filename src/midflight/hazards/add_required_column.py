"""ADD COLUMN ... NOT NULL without a default fails on every table that has rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.fix import NEXT, alter_table, lines
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.pg.identifiers import quote_identifier
from midflight.sql.changes import AddColumn, Delete, Truncate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight
    from midflight.hazards.fix import Fix
    from midflight.sql.changes import Column


def check(sight: Sight) -> Iterator[Harm]:
    """See a new column of a live table that must have a value and for which older rows get none."""
    for added in sight.changes(AddColumn):
        if added.column.not_null and not _has_value(added.column) and sight.concerns_live_table(added.table):
            yield Harm(str(added.table), _message(added, is_emptied=_is_emptied(added, sight)), _fix(added))


def _has_value(column: Column) -> bool:
    has_default = column.default is not None and not column.default.is_null
    return has_default or column.identity or column.is_serial


def _is_emptied(added: AddColumn, sight: Sight) -> bool:
    """Tell whether the same transaction has removed all rows of the table before."""
    before = [earlier for earlier in sight.earlier_with(Delete, Truncate) if earlier.shares_transaction(sight)]
    deleted = (delete for earlier in before for delete in earlier.changes(Delete))
    truncated = (truncate for earlier in before for truncate in earlier.changes(Truncate))
    return any(
        delete.where is None and not delete.joined and delete.table.may_be(added.table) for delete in deleted
    ) or (any(truncate.table.may_be(added.table) for truncate in truncated))


def _message(added: AddColumn, *, is_emptied: bool) -> str:
    if is_emptied:
        return (
            f"The new column {added.column.name} is NOT NULL and has no default. This revision has removed the rows "
            "before, so it succeeds, but every INSERT of the running code, which does not know the column, fails from "
            "then on."
        )
    return (
        f"The new column {added.column.name} is NOT NULL and has no default: where {added.table} has rows the "
        "statement fails, and its transaction with it. Even on an empty table, every INSERT of the running code, which "
        "does not know the column, would fail from then on."
    )


def _fix(added: AddColumn) -> Fix:
    column = f"{quote_identifier(added.column.name)} {added.column.type}"
    return lines(
        "with a constant default, which is stored once and touches no row:",
        alter_table(added.table, f"ADD COLUMN {column} NOT NULL DEFAULT ..."),
        "or without NOT NULL:",
        alter_table(added.table, f"ADD COLUMN {column}"),
        NEXT,
        "fill it in batches, and then make it NOT NULL as set-not-null-scans tells",
    )


_TABLE = "CREATE TABLE users (id int PRIMARY KEY);"

HAZARD = Hazard(
    id="add-required-column",
    title="A required column without a default fails on rows",
    severity=Severity.ERROR,
    effect="ADD COLUMN ... NOT NULL without a default fails where there are rows, and breaks the INSERTs of old code.",
    safe_form="Give it a constant default; or add it without NOT NULL, fill it in batches, then make it NOT NULL.",
    source_url="https://www.postgresql.org/docs/current/ddl-alter.html#DDL-ALTER-ADDING-A-COLUMN",
    check=check,
    dangerous=(
        Example(setup=_TABLE, revision="ALTER TABLE users ADD COLUMN email text NOT NULL;"),
        Example(setup=_TABLE, revision="ALTER TABLE users ADD COLUMN email text NOT NULL DEFAULT NULL;"),
    ),
    safe=(
        Example(setup=_TABLE, revision="ALTER TABLE users ADD COLUMN email text;"),
        Example(setup=_TABLE, revision="ALTER TABLE users ADD COLUMN email text NOT NULL DEFAULT '';"),
        Example(setup="", revision="CREATE TABLE users (id int); ALTER TABLE users ADD COLUMN email text NOT NULL;"),
    ),
)
