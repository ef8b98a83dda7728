"""A transaction that locks one table after the other meets the application in a deadlock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.fix import APART, lines
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.sql.changes import CreateIndex, CreateTable, DropTable, LockTable, TableChange
from midflight.sql.expected_locks import expected_locks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight
    from midflight.pg.locks import LockMode

_TOLD_BY_OTHERS = (CreateIndex, CreateTable, DropTable)
"""Whoever builds an index does it CONCURRENTLY, by itself; a new table is locked by nobody else, and one that is
dropped should be used by nobody any more."""


def check(sight: Sight) -> Iterator[Harm]:
    """See the statement with which a transaction changes a second live table under a strong lock.

    The tables at the other end of a foreign key are not counted: they are the need of one statement. Nor is a table
    that was locked with NOWAIT before: nobody waits for it any more.
    """
    table, mode = next(_changed(sight), (None, None))
    if table is None or mode is None or table in _locked_without_waiting(sight):
        return
    held = _held_before(sight)
    if len(held) == 1 and table not in held:
        ((other, strongest),) = held.items()
        yield Harm(table, _message(table, mode, other, strongest), _FIX)


def _held_before(sight: Sight) -> dict[str, LockMode]:
    """The live tables that the transaction has changed so far, each with the strongest lock on it."""
    held: dict[str, LockMode] = {}
    for earlier in sight.earlier:
        if earlier.shares_transaction(sight):
            for table, mode in _changed(earlier):
                held[table] = max(mode, held.get(table, mode))
    return held


def _locked_without_waiting(sight: Sight) -> set[str]:
    """The tables that the transaction has locked before, or not at all."""
    earlier = [one for one in sight.earlier if one.shares_transaction(sight)]
    return {one.first_name(lock.table) for one in earlier for lock in one.changes(LockTable) if lock.nowait}


def _changed(sight: Sight) -> Iterator[tuple[str, LockMode]]:
    """The live tables that a statement changes under a lock that others feel."""
    for change in sight.statement.changes:
        without_waiting = isinstance(change, LockTable) and change.nowait
        if isinstance(change, TableChange) and not isinstance(change, _TOLD_BY_OTHERS) and not without_waiting:
            strong = [mode for name, mode in expected_locks(change) if name == change.table and mode.blocks_writes]
            if strong and sight.concerns_live_table(change.table):
                yield sight.first_name(change.table), strong[0]


def _message(table: str, mode: LockMode, other: str, held: LockMode) -> str:
    return (
        f"The transaction already holds {other} ({held.label}) and now waits for {table} ({mode.label}). A session "
        f"that has used {table} and wants {other} next waits for it in turn: PostgreSQL ends one of the two with a "
        f"deadlock. And as long as it waits for {table}, {other} stays locked for everybody."
    )


_FIX = lines(APART, "this one with one of the tables, the next one with the other")

_TABLES = (
    "CREATE TABLE users (id int PRIMARY KEY); CREATE TABLE orders (id int PRIMARY KEY);"
    "CREATE TABLE bills (id int PRIMARY KEY);"
)

HAZARD = Hazard(
    id="locks-several-tables",
    title="One transaction locks several tables",
    severity=Severity.WARNING,
    effect="The first table stays locked while the second is waited for; with sessions that use both, a deadlock.",
    safe_form="One table a transaction, each in a revision or file of its own.",
    source_url="https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-DEADLOCKS",
    check=check,
    dangerous=(
        Example(
            setup=_TABLES,
            revision="ALTER TABLE users ADD COLUMN name text; ALTER TABLE orders ADD COLUMN note text;",
        ),
        Example(
            setup=_TABLES,
            revision="ALTER TABLE users ADD COLUMN name text; ALTER TABLE orders ADD COLUMN note text;"
            "ALTER TABLE bills ADD COLUMN note text;",
        ),
    ),
    safe=(
        Example(
            setup=_TABLES,
            revision="ALTER TABLE users ADD COLUMN name text; ALTER TABLE orders ADD COLUMN note text;",
            autocommit=True,
        ),
        Example(
            setup=_TABLES,
            revision="ALTER TABLE users ADD COLUMN name text; LOCK TABLE orders IN ACCESS EXCLUSIVE MODE NOWAIT;"
            "ALTER TABLE orders ADD COLUMN note text;",
        ),
        Example(
            setup=_TABLES,
            revision="ALTER TABLE orders ADD COLUMN user_id int;"
            "ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;",
        ),
        Example(
            setup=_TABLES,
            revision="ALTER TABLE users ADD COLUMN name text; CREATE TABLE notes (id int);"
            "ALTER TABLE notes ADD COLUMN text text; ALTER TABLE users ADD COLUMN mail text;",
        ),
    ),
)
