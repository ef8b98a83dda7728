"""CONCURRENTLY, VACUUM and the like are refused inside of a transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.fix import execute, outside_transaction
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.sql.changes import CreateIndex, DropIndex, Reindex
from midflight.sql.partitions import DetachPartition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight


def check(sight: Sight) -> Iterator[Harm]:
    """See a statement that PostgreSQL refuses where the revision sends it."""
    if not sight.statement.can_run_in_transaction and not sight.seen.autocommit:
        yield Harm(_table(sight), _message(_command(sight)), outside_transaction(execute(sight.statement.text)))


def _command(sight: Sight) -> str:
    concurrent = any(
        change.concurrently
        for change in sight.statement.changes
        if isinstance(change, CreateIndex | DropIndex | Reindex | DetachPartition)
    )
    return f"{sight.statement.kind} CONCURRENTLY" if concurrent else sight.statement.kind


def _table(sight: Sight) -> str:
    return next((str(index.table) for index in sight.changes(CreateIndex)), "")


def _message(command: str) -> str:
    return (
        f"PostgreSQL refuses {command} inside of a transaction, and here it is sent in one, as Alembic and most other "
        "tools send a migration: the statement fails, and all of its transaction with it."
    )


_TABLE = "CREATE TABLE orders (id int PRIMARY KEY, user_id int);"

HAZARD = Hazard(
    id="concurrently-in-transaction",
    title="A statement that cannot run inside of a transaction",
    severity=Severity.ERROR,
    effect="PostgreSQL refuses the statement, and the upgrade stops there.",
    safe_form="Run it outside of a transaction: in Alembic's autocommit_block, or in a SQL file of its own.",
    source_url="https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY",
    check=check,
    dangerous=(
        Example(setup=_TABLE, revision="CREATE INDEX CONCURRENTLY ix_user_id ON orders (user_id);"),
        Example(
            setup=_TABLE + "CREATE INDEX ix_user_id ON orders (user_id);",
            revision="DROP INDEX CONCURRENTLY ix_user_id;",
        ),
        Example(setup=_TABLE, revision="VACUUM orders;"),
    ),
    safe=(
        Example(
            setup=_TABLE,
            revision="CREATE INDEX CONCURRENTLY ix_user_id ON orders (user_id); VACUUM orders;",
            autocommit=True,
        ),
    ),
)
