"""REINDEX without CONCURRENTLY keeps writers out, and nearly all readers, until it is done."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from midflight.hazards.fix import execute, outside_transaction
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.sql.changes import Reindex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight
_BEFORE_NAME = re.compile(r"^(\s*reindex\s*(?:\([^)]*\)\s*)?(?:index|table|schema|database))\b", re.IGNORECASE)


def check(sight: Sight) -> Iterator[Harm]:
    """See live indexes that are built anew under locks."""
    for change in sight.changes(Reindex):
        if not change.concurrently and _is_live(change, sight):
            yield _harm(change, _table(change, sight), sight)


def _is_live(change: Reindex, sight: Sight) -> bool:
    if change.target is None:
        return True
    return (
        sight.concerns_live_table(change.target) if change.of == "table" else sight.concerns_live_index(change.target)
    )


def _table(change: Reindex, sight: Sight) -> str | None:
    if change.target is None:
        return None
    return str(change.target) if change.of == "table" else sight.table_of_index(change.target)


def _message(change: Reindex, table: str | None) -> str:
    owner = table or ("its table" if change.of == "index" else "one table after the other")
    return (
        f"REINDEX locks {owner} (SHARE) and each index that it builds (ACCESS EXCLUSIVE): until that is done and the "
        "transaction ends, every INSERT, UPDATE and DELETE waits, and so does nearly every SELECT, since the planner "
        "opens all indexes of a table. The wait grows with the table's rows."
    )


def _harm(change: Reindex, table: str | None, sight: Sight) -> Harm:
    if change.of == "system":
        advice = "System catalogs cannot be reindexed CONCURRENTLY: do it while no service is running."
        return Harm(table or "", _message(change, table), advice=advice)
    text = _BEFORE_NAME.sub(r"\1 CONCURRENTLY", sight.statement.text, count=1)
    return Harm(table or "", _message(change, table), outside_transaction(execute(text)))


_TABLE = "CREATE TABLE orders (id int PRIMARY KEY, user_id int); CREATE INDEX ix_user_id ON orders (user_id);"

HAZARD = Hazard(
    id="reindex-blocks",
    title="Building an index anew blocks reads and writes",
    severity=Severity.ERROR,
    effect="REINDEX holds SHARE on the table and ACCESS EXCLUSIVE on the index: writers wait, and most readers.",
    safe_form="REINDEX ... CONCURRENTLY, outside of a transaction.",
    source_url="https://www.postgresql.org/docs/current/sql-reindex.html#SQL-REINDEX-CONCURRENTLY",
    check=check,
    dangerous=(
        Example(setup=_TABLE, revision="REINDEX TABLE orders;"),
        Example(setup=_TABLE, revision="REINDEX INDEX ix_user_id;"),
        Example(setup=_TABLE, revision="REINDEX SCHEMA public;", autocommit=True),
    ),
    safe=(
        Example(setup=_TABLE, revision="REINDEX TABLE CONCURRENTLY orders;", autocommit=True),
        Example(setup=_TABLE, revision="REINDEX (CONCURRENTLY) INDEX ix_user_id;", autocommit=True),
        Example(
            setup="",
            revision="CREATE TABLE users (name text); CREATE INDEX ix_name ON users (name); REINDEX INDEX ix_name;",
        ),
    ),
)
