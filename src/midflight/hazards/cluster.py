"""CLUSTER writes the whole table anew while nobody else may touch it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.sql.storage import Cluster

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight


def check(sight: Sight) -> Iterator[Harm]:
    """See CLUSTER of a live table, or of all that were clustered before."""
    for change in sight.changes(Cluster):
        if sight.concerns_live_table(change.table):
            yield Harm(str(change.table), _message(str(change.table)), advice=_ADVICE)
    if sight.statement.kind == "CLUSTER" and not sight.statement.changes:
        yield Harm("", _message("every table that was clustered before, one after the other,"), advice=_ADVICE)


def _message(table: str) -> str:
    return (
        f"CLUSTER copies {table} in the order of an index, and builds all indexes anew, under an ACCESS EXCLUSIVE "
        "lock: until that is done and the transaction ends, every query on it waits, reads too. The wait grows with "
        "the table's rows."
    )


_ADVICE = (
    "An extension such as pg_repack orders a table while the service runs. An index that covers the query (INCLUDE), "
    "or a BRIN index on a column that grows with time, often serves as well."
)

_TABLE = "CREATE TABLE orders (id int PRIMARY KEY, total int);"

HAZARD = Hazard(
    id="cluster",
    title="CLUSTER rewrites the table under lock",
    severity=Severity.ERROR,
    effect="CLUSTER copies the table under ACCESS EXCLUSIVE: every query on it waits.",
    safe_form="A tool that copies the table beside the service, such as pg_repack; or an index that covers the query.",
    source_url="https://www.postgresql.org/docs/current/sql-cluster.html",
    check=check,
    dangerous=(Example(setup=_TABLE, revision="CLUSTER orders USING orders_pkey;"),),
    safe=(
        Example(setup=_TABLE, revision="ALTER TABLE orders CLUSTER ON orders_pkey;"),
        Example(
            setup="",
            revision="CREATE TABLE bills (id int PRIMARY KEY); CLUSTER bills USING bills_pkey;",
        ),
    ),
)
