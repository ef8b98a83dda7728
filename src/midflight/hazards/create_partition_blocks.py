"""CREATE TABLE ... PARTITION OF needs the partitioned table for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.fix import execute, lines
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.hazards.lock_queue import behind_it
from midflight.hazards.new_partitions import new_partitions
from midflight.pg.locks import LockMode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight
    from midflight.hazards.fix import Fix
    from midflight.hazards.new_partitions import NewPartition


def check(sight: Sight) -> Iterator[Harm]:
    """See a partition that is created in its place in a live table; where that reads the default one, that is told."""
    for new in new_partitions(sight):
        if new.is_created and not sight.has_lock_timeout and not new.scanned_default(sight):
            message = f"CREATE TABLE {new.partition} PARTITION OF {behind_it(new.parent, LockMode.ACCESS_EXCLUSIVE)}"
            yield Harm(str(new.parent), message, _fix(new))


def _fix(new: NewPartition) -> Fix:
    return lines(
        "ATTACH takes SHARE UPDATE EXCLUSIVE, which blocks neither reads nor writes:",
        execute(f"CREATE TABLE {new.partition.sql} (LIKE {new.parent.sql} INCLUDING ALL EXCLUDING IDENTITY)"),
        execute(f"ALTER TABLE {new.parent.sql} ATTACH PARTITION {new.partition.sql} {new.bound}"),
    )


_TABLE = "CREATE TABLE events (id int, at date NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);"

HAZARD = Hazard(
    id="create-partition-blocks",
    title="Creating a partition in place blocks the whole table",
    severity=Severity.WARNING,
    effect="PARTITION OF waits for ACCESS EXCLUSIVE on the partitioned table; all queries on it queue up behind it.",
    safe_form="Create the table by itself, LIKE the partitioned one, and ATTACH it.",
    source_url="https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-PARTITION",
    check=check,
    dangerous=(
        Example(
            setup=_TABLE,
            revision="CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');",
        ),
    ),
    safe=(
        Example(
            setup=_TABLE,
            revision="CREATE TABLE events_2026 (LIKE events INCLUDING ALL);"
            "ALTER TABLE events ATTACH PARTITION events_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');",
        ),
        Example(
            setup=_TABLE,
            revision="SET LOCAL lock_timeout = '2s';"
            "CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');",
        ),
        Example(
            setup="",
            revision="CREATE TABLE visits (at date) PARTITION BY RANGE (at);"
            "CREATE TABLE visits_other PARTITION OF visits DEFAULT;",
        ),
    ),
)
