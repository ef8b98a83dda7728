"""VALIDATE CONSTRAINT right after NOT VALID: the lock of the first is held for the scan of the second."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.fix import NEXT, execute, lines
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.hazards.validating import added_in_transaction
from midflight.sql.changes import ValidateConstraint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight
    from midflight.hazards.fix import Fix


def check(sight: Sight) -> Iterator[Harm]:
    """See a constraint of a live table that is validated in the transaction that added it."""
    for change in sight.changes(ValidateConstraint):
        adding = added_in_transaction(change, sight)
        if adding and sight.concerns_live_table(change.table):
            yield Harm(str(change.table), _message(change, adding), _fix(adding, sight))


def _message(change: ValidateConstraint, adding: Sight) -> str:
    mode = max(mode for _, mode in adding.strong_locks())
    waiting = (
        "every query on it waits, reads too" if mode.blocks_reads else "every INSERT, UPDATE and DELETE on it waits"
    )
    return (
        f"VALIDATE CONSTRAINT {change.name} reads every row of {change.table} while the lock ({mode.label}) is still "
        f"held under which it was added: until that is done and the transaction ends, {waiting}. NOT VALID has gained "
        "nothing. The wait grows with the table's rows."
    )


def _fix(adding: Sight, sight: Sight) -> Fix:
    return lines(execute(adding.statement.text), NEXT, execute(sight.statement.text))


_TABLE = "CREATE TABLE orders (id int PRIMARY KEY, total numeric); CREATE TABLE users (id int PRIMARY KEY);"
_ADD = "ALTER TABLE orders ADD CONSTRAINT total_positive CHECK (total >= 0) NOT VALID;"

HAZARD = Hazard(
    id="validate-in-same-transaction",
    title="Validating a constraint in the transaction that adds it",
    severity=Severity.ERROR,
    effect="VALIDATE reads the whole table under the lock of the ADD before it, as if NOT VALID were not there.",
    safe_form="VALIDATE in a later transaction: in Alembic a later revision, with transaction_per_migration=True.",
    source_url="https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES",
    check=check,
    dangerous=(
        Example(setup=_TABLE, revision=_ADD + "ALTER TABLE orders VALIDATE CONSTRAINT total_positive;"),
        Example(
            setup=_TABLE + "ALTER TABLE orders ADD COLUMN user_id int;",
            revision="ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;"
            "ALTER TABLE orders VALIDATE CONSTRAINT fk;",
        ),
    ),
    safe=(
        Example(setup=_TABLE + _ADD, revision="ALTER TABLE orders VALIDATE CONSTRAINT total_positive;"),
        Example(
            setup=_TABLE,
            revision=_ADD + "ALTER TABLE orders VALIDATE CONSTRAINT total_positive;",
            autocommit=True,
        ),
        Example(
            setup="",
            revision="CREATE TABLE bills (total int); ALTER TABLE bills ADD CONSTRAINT c CHECK (total > 0) NOT VALID;"
            "ALTER TABLE bills VALIDATE CONSTRAINT c;",
        ),
    ),
)
