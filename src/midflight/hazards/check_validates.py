"""ADD CHECK looks at every row while nobody else may touch the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.fix import add_plain_column, add_then_validate, lines
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.sql.changes import AddColumn, AddConstraint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight
    from midflight.hazards.fix import Fix
    from midflight.sql.changes import Constraint
    from midflight.sql.names import Name


def check(sight: Sight) -> Iterator[Harm]:
    """See a CHECK of a live table, by itself or with a new column, whose addition reads the table."""
    for table, constraint, fix in _added(sight):
        validates = constraint.kind == "check" and not constraint.not_valid and sight.concerns_live_table(table)
        if validates and (sight.scanned(table) or not sight.observed):
            yield Harm(str(table), _message(table), fix)


def _added(sight: Sight) -> Iterator[tuple[Name, Constraint, Fix]]:
    for added in sight.changes(AddConstraint):
        yield added.table, added.constraint, _fix(added.table, added.constraint)
    for new in sight.changes(AddColumn):
        for constraint in new.column.constraints:
            yield new.table, constraint, lines(add_plain_column(new.table, new.column), _fix(new.table, constraint))


def _message(table: Name) -> str:
    return (
        f"The new CHECK reads every row of {table} under an ACCESS EXCLUSIVE lock: until it is done and the "
        f"transaction ends, every query on {table} waits, reads too. The wait grows with the table's rows."
    )


def _fix(table: Name, constraint: Constraint) -> Fix:
    return add_then_validate(table, constraint.name or f"{table.name}_check", constraint.definition)


_TABLE = "CREATE TABLE orders (id int PRIMARY KEY, total numeric);"

HAZARD = Hazard(
    id="check-validates",
    title="Adding a CHECK reads every row under lock",
    severity=Severity.ERROR,
    effect="ADD CHECK reads the whole table under ACCESS EXCLUSIVE: every query on the table waits.",
    safe_form="Add it NOT VALID, which is quick, and VALIDATE it in a later transaction, which blocks nobody.",
    source_url="https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES",
    check=check,
    dangerous=(
        Example(setup=_TABLE, revision="ALTER TABLE orders ADD CONSTRAINT total_positive CHECK (total >= 0);"),
        Example(setup=_TABLE, revision="ALTER TABLE orders ADD COLUMN tax numeric CHECK (tax >= 0);"),
    ),
    safe=(
        Example(
            setup=_TABLE, revision="ALTER TABLE orders ADD CONSTRAINT total_positive CHECK (total >= 0) NOT VALID;"
        ),
        Example(
            setup=_TABLE + "ALTER TABLE orders ADD CONSTRAINT total_positive CHECK (total >= 0) NOT VALID;",
            revision="ALTER TABLE orders VALIDATE CONSTRAINT total_positive;",
        ),
    ),
)
