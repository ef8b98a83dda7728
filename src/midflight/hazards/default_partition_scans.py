"""A new partition makes PostgreSQL read the whole default partition while nobody else may touch it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.fix import AND_THEN, NEXT, execute, lines
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.hazards.new_partitions import new_partitions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight
    from midflight.hazards.fix import Fix
    from midflight.hazards.new_partitions import NewPartition


def check(sight: Sight) -> Iterator[Harm]:
    """See a partition that a live table gets beside its default one."""
    for new in new_partitions(sight):
        default = new.scanned_default(sight)
        if default:
            yield Harm(default, _message(new, default), _fix(default, sight))


def _message(new: NewPartition, default: str) -> str:
    return (
        f"The default partition {default} may hold rows that belong to the new {new.partition}, so every row of "
        f"it is read under an ACCESS EXCLUSIVE lock: until that is done and the transaction ends, every query on "
        f"{default} waits, and so does every query on {new.parent} that may need it. The wait grows with its rows."
    )


def _fix(default: str, sight: Sight) -> Fix:
    return lines(
        f"a CHECK on the default partition that says the opposite of the new bound ({default} is its name):",
        execute(f"ALTER TABLE {default} ADD CONSTRAINT not_of_the_new_one CHECK (...) NOT VALID"),
        NEXT,
        execute(f"ALTER TABLE {default} VALIDATE CONSTRAINT not_of_the_new_one"),
        AND_THEN,
        execute(sight.statement.text),
        execute(f"ALTER TABLE {default} DROP CONSTRAINT not_of_the_new_one"),
    )


_TABLES = (
    "CREATE TABLE events (at date NOT NULL) PARTITION BY RANGE (at);"
    "CREATE TABLE events_other PARTITION OF events DEFAULT;"
)
_BOUND = "FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');"

HAZARD = Hazard(
    id="default-partition-scans",
    title="A new partition beside a default one reads that under lock",
    severity=Severity.ERROR,
    effect="The default partition is read whole under ACCESS EXCLUSIVE: every query that may need it waits.",
    safe_form="First a CHECK on the default partition that excludes the new bound, NOT VALID and validated later; or "
    "no default partition.",
    source_url="https://www.postgresql.org/docs/current/ddl-partitioning.html#DDL-PARTITIONING-DECLARATIVE-MAINTENANCE",
    check=check,
    dangerous=(
        Example(setup=_TABLES, revision="CREATE TABLE events_2026 PARTITION OF events " + _BOUND),
        Example(
            setup=_TABLES,
            revision="CREATE TABLE events_2026 (at date NOT NULL);"
            "ALTER TABLE events ATTACH PARTITION events_2026 " + _BOUND,
        ),
    ),
    safe=(
        Example(
            setup=_TABLES
            + "ALTER TABLE events_other ADD CONSTRAINT c CHECK (at < '2026-01-01' OR at >= '2027-01-01');",
            revision="CREATE TABLE events_2026 (at date NOT NULL);"
            "ALTER TABLE events ATTACH PARTITION events_2026 " + _BOUND,
        ),
        Example(
            setup="CREATE TABLE events (at date NOT NULL) PARTITION BY RANGE (at);",
            revision="CREATE TABLE events_2026 (at date NOT NULL);"
            "ALTER TABLE events ATTACH PARTITION events_2026 " + _BOUND,
        ),
    ),
)
