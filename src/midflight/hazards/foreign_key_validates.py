"""ADD FOREIGN KEY looks up every row while both tables are locked."""

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
    """See a foreign key of a live table that is checked at once; a new column without default has nothing to check."""
    for table, constraint, fix in _added(sight):
        validates = constraint.kind == "foreign key" and not constraint.not_valid
        if validates and sight.concerns_live_table(table):
            yield Harm(str(table), _message(table, constraint), fix)


def _added(sight: Sight) -> Iterator[tuple[Name, Constraint, Fix]]:
    for added in sight.changes(AddConstraint):
        yield added.table, added.constraint, _fix(added.table, added.constraint)
    for new in sight.changes(AddColumn):
        if new.column.default is not None and not new.column.default.is_null:
            for constraint in new.column.constraints:
                yield new.table, constraint, lines(add_plain_column(new.table, new.column), _fix(new.table, constraint))


def _message(table: Name, constraint: Constraint) -> str:
    return (
        f"The foreign key from {table} to {constraint.references} is checked for every row at once, under a SHARE ROW "
        f"EXCLUSIVE lock on both tables: until it is done and the transaction ends, every INSERT, UPDATE and DELETE on "
        f"either of them waits. The check reads the whole of {table}, so the wait grows with its rows."
    )


def _fix(table: Name, constraint: Constraint) -> Fix:
    name = constraint.name or "_".join([table.name, *constraint.columns, "fkey"])
    return add_then_validate(table, name, constraint.definition)


_TABLES = "CREATE TABLE users (id int PRIMARY KEY); CREATE TABLE orders (id int PRIMARY KEY, user_id int);"

HAZARD = Hazard(
    id="foreign-key-validates",
    title="Adding a foreign key checks every row under lock",
    severity=Severity.ERROR,
    effect="ADD FOREIGN KEY reads the whole table under SHARE ROW EXCLUSIVE on both tables: writers of both wait.",
    safe_form="Add it NOT VALID, which is quick, and VALIDATE it in a later transaction, which blocks no writer.",
    source_url="https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES",
    check=check,
    dangerous=(
        Example(
            setup=_TABLES,
            revision="ALTER TABLE orders ADD CONSTRAINT fk_user FOREIGN KEY (user_id) REFERENCES users (id);",
        ),
        Example(
            setup="CREATE TABLE orders (id int PRIMARY KEY, parent_id int);",
            revision="ALTER TABLE orders ADD FOREIGN KEY (parent_id) REFERENCES orders (id) ON DELETE CASCADE;",
        ),
        Example(setup=_TABLES, revision="ALTER TABLE orders ADD COLUMN buyer_id int DEFAULT 1 REFERENCES users (id);"),
    ),
    safe=(
        Example(
            setup=_TABLES,
            revision="ALTER TABLE orders ADD CONSTRAINT fk_user FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;",
        ),
        Example(
            setup=_TABLES
            + "ALTER TABLE orders ADD CONSTRAINT fk_user FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;",
            revision="ALTER TABLE orders VALIDATE CONSTRAINT fk_user;",
        ),
        Example(setup=_TABLES, revision="ALTER TABLE orders ADD COLUMN buyer_id int REFERENCES users (id);"),
        Example(setup=_TABLES, revision="CREATE TABLE bills (id int, user_id int REFERENCES users (id));"),
    ),
)
