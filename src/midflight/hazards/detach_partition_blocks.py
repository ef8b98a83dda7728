"""DETACH PARTITION without CONCURRENTLY needs the partitioned table for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.fix import alter_table, outside_transaction
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.hazards.lock_queue import behind_it
from midflight.pg.locks import LockMode
from midflight.sql.partitions import DetachPartition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight
    from midflight.hazards.fix import Fix


def check(sight: Sight) -> Iterator[Harm]:
    """See a partition that a live table loses under an ACCESS EXCLUSIVE lock."""
    for detach in sight.changes(DetachPartition):
        if not detach.concurrently and not sight.has_lock_timeout and sight.concerns_live_table(detach.table):
            message = f"DETACH PARTITION {detach.partition} {behind_it(detach.table, LockMode.ACCESS_EXCLUSIVE)}"
            yield Harm(str(detach.table), message, _fix(detach))


def _fix(detach: DetachPartition) -> Fix:
    return outside_transaction(
        "refused where there is a default partition: then use a short lock_timeout, and run it again if it fails",
        alter_table(detach.table, f"DETACH PARTITION {detach.partition.sql} CONCURRENTLY"),
    )


_TABLES = (
    "CREATE TABLE events (at date NOT NULL) PARTITION BY RANGE (at);"
    "CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');"
)

HAZARD = Hazard(
    id="detach-partition-blocks",
    title="Detaching a partition blocks the whole table",
    severity=Severity.WARNING,
    effect="DETACH waits for ACCESS EXCLUSIVE on the partitioned table; all queries on it queue up behind it.",
    safe_form="DETACH PARTITION ... CONCURRENTLY, outside of a transaction.",
    source_url="https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DETACH-PARTITION",
    check=check,
    dangerous=(Example(setup=_TABLES, revision="ALTER TABLE events DETACH PARTITION events_2025;"),),
    safe=(
        Example(
            setup=_TABLES, revision="ALTER TABLE events DETACH PARTITION events_2025 CONCURRENTLY;", autocommit=True
        ),
        Example(
            setup=_TABLES,
            revision="SET LOCAL lock_timeout = '500ms'; ALTER TABLE events DETACH PARTITION events_2025;",
        ),
    ),
)
