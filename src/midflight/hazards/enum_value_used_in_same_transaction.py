"""A new label of an enum cannot be used in the transaction that adds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.fix import NEXT, Remark, execute, lines, outside_transaction
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.pg.identifiers import quote_literal
from midflight.sql.types import AddEnumValue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight
    from midflight.hazards.fix import Fix

_UNSAFE_NEW_ENUM_VALUE_USAGE = "55P04"
"""https://www.postgresql.org/docs/current/errcodes-appendix.html"""

_USABLE_IN_NEW_TYPE = 17
"""The first major version that accepts a new label where the transaction created the type itself.
https://www.postgresql.org/docs/release/17.0/"""


def check(sight: Sight) -> Iterator[Harm]:
    """See a label in a statement after the one that added it, in the same transaction."""
    refused = sight.seen.trace is not None and sight.seen.trace.sqlstate == _UNSAFE_NEW_ENUM_VALUE_USAGE
    for earlier in sight.earlier_with(AddEnumValue):
        if not sight.observed and earlier.shares_transaction(sight):
            for added in earlier.changes(AddEnumValue):
                if (refused or _names(sight, added)) and not _is_usable(added, sight):
                    yield Harm("", _message(added, sight), _fix(earlier, sight))
                    return


def _is_usable(added: AddEnumValue, sight: Sight) -> bool:
    return sight.major >= _USABLE_IN_NEW_TYPE and sight.is_own_type(added.type)


def _names(sight: Sight, added: AddEnumValue) -> bool:
    uses = not any(isinstance(change, AddEnumValue) for change in sight.statement.changes)
    return uses and quote_literal(added.value).strip() in sight.statement.text


def _message(added: AddEnumValue, sight: Sight) -> str:
    return (
        f"PostgreSQL refuses a label in the transaction that adds it (unsafe use of new value {added.value!r} of enum "
        f"type {added.type}): this {sight.statement.kind} fails, and the whole transaction with it."
    )


_BEFORE: Fix = (Remark("in a revision of its own, before this one:", "in a file of its own, before this one:"),)


def _fix(adding: Sight, sight: Sight) -> Fix:
    return lines(
        _BEFORE,
        outside_transaction(execute(adding.statement.text)),
        NEXT,
        execute(sight.statement.text),
    )


_TABLE = "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE days (id int PRIMARY KEY, mood mood);"
_ADD = "ALTER TYPE mood ADD VALUE 'happy';"
_USE = "UPDATE days SET mood = 'happy' WHERE id = 1;"

HAZARD = Hazard(
    id="enum-value-used-in-same-transaction",
    title="A new enum label is used before it is committed",
    severity=Severity.ERROR,
    effect="PostgreSQL refuses the statement, and the upgrade stops there.",
    safe_form=(
        "Add the label in a transaction of its own: in Alembic a revision of its own with "
        "transaction_per_migration=True, or an autocommit_block."
    ),
    source_url="https://www.postgresql.org/docs/current/sql-altertype.html#SQL-ALTERTYPE-NOTES",
    check=check,
    dangerous=(
        Example(setup=_TABLE, revision=_ADD + _USE),
        Example(setup=_TABLE, revision=_ADD + "ALTER TABLE days ALTER COLUMN mood SET DEFAULT 'happy';"),
    ),
    safe=(
        Example(setup=_TABLE, revision=_ADD + _USE, autocommit=True),
        Example(setup=_TABLE, revision=_ADD + _USE.replace("happy", "ok")),
    ),
)
