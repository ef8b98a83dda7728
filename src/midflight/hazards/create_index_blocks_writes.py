"""CREATE INDEX without CONCURRENTLY keeps writers out until the index is built."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from midflight.hazards.fix import execute, outside_transaction
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.hazards.indexes_concurrently import create_concurrently
from midflight.sql.changes import CreateIndex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight
    from midflight.hazards.fix import Fix

_BEFORE_NAME = re.compile(r"^(\s*create\s+(?:unique\s+)?index)\b", re.IGNORECASE)


def check(sight: Sight) -> Iterator[Harm]:
    """See an index that is built on a live table under a SHARE lock; a partitioned table is another hazard."""
    for index in sight.changes(CreateIndex):
        builds = not index.concurrently and not index.only and not sight.is_partitioned(index.table)
        if builds and sight.concerns_live_table(index.table):
            yield Harm(str(index.table), _message(index), _fix(index, sight))


def _message(index: CreateIndex) -> str:
    return (
        f"CREATE INDEX locks {index.table} (SHARE) until the index is built and the transaction ends: reads go on, but "
        "every INSERT, UPDATE and DELETE waits. The build reads the whole table, so the wait grows with its rows."
    )


def _fix(index: CreateIndex, sight: Sight) -> Fix:
    """Build it concurrently: by an operation where it is a plain one, else by the statement that it is."""
    if index.columns is None or index.where or index.include or index.has_options:
        return outside_transaction(execute(_BEFORE_NAME.sub(r"\1 CONCURRENTLY", sight.statement.text, count=1)))
    return create_concurrently(_name(index), index.table, index.columns, unique=index.unique, method=index.method)


def _name(index: CreateIndex) -> str:
    return index.name or "_".join(["ix", index.table.name, *(index.columns or ())])


HAZARD = Hazard(
    id="create-index-blocks-writes",
    title="Building an index blocks writes",
    severity=Severity.ERROR,
    effect="CREATE INDEX holds a SHARE lock for the whole build: writers of the table wait until it is done.",
    safe_form="Build it CONCURRENTLY, outside of a transaction; if that fails, drop the INVALID index and repeat.",
    source_url="https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY",
    check=check,
    dangerous=(
        Example(
            setup="CREATE TABLE orders (id int PRIMARY KEY, user_id int);",
            revision="CREATE INDEX ix_orders_user_id ON orders (user_id);",
        ),
        Example(
            setup="CREATE SCHEMA shop; CREATE TABLE shop.orders (id int PRIMARY KEY, email text);",
            revision="CREATE UNIQUE INDEX ON shop.orders (lower(email)) WHERE id > 0;",
        ),
    ),
    safe=(
        Example(
            setup="CREATE TABLE orders (id int PRIMARY KEY, user_id int);",
            revision="CREATE INDEX CONCURRENTLY ix_orders_user_id ON orders (user_id);",
            autocommit=True,
        ),
        Example(
            setup="",
            revision="CREATE TABLE orders (id int, user_id int); CREATE INDEX ix_orders_user_id ON orders (user_id);",
        ),
    ),
)
