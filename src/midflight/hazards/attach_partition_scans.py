"""ATTACH PARTITION reads the whole partition while nobody else may touch it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.fix import AND_THEN, NEXT, alter_table, execute, lines
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.pg.identifiers import quote_identifier
from midflight.sql.partitions import AttachPartition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight
    from midflight.hazards.fix import Fix


def check(sight: Sight) -> Iterator[Harm]:
    """See a live table that becomes a partition and has no CHECK which proves that its rows fit."""
    for attach in sight.changes(AttachPartition):
        scans = sight.scanned(attach.partition) if sight.observed else not _has_check(attach, sight)
        if scans and sight.concerns_live_table(attach.partition):
            yield Harm(str(attach.partition), _message(attach), _fix(attach, sight))


def _has_check(attach: AttachPartition, sight: Sight) -> bool:
    """Whether a CHECK implies the bound only a server can tell: by the text one is taken for the one that does."""
    checks = sight.table(attach.partition).checks
    return any(check.valid and check.definition.startswith("CHECK") for check in checks)


def _message(attach: AttachPartition) -> str:
    return (
        f"ATTACH PARTITION reads every row of {attach.partition} under an ACCESS EXCLUSIVE lock, to see that it fits "
        f"the bound: until that is done and the transaction ends, every query on {attach.partition} waits, reads too. "
        "The wait grows with its rows."
    )


def _fix(attach: AttachPartition, sight: Sight) -> Fix:
    name = quote_identifier(f"{attach.partition.name}_bound")
    return lines(
        f"a CHECK that says the same as {attach.bound}, with IS NOT NULL for each column of the key:",
        alter_table(attach.partition, f"ADD CONSTRAINT {name} CHECK (...) NOT VALID"),
        NEXT,
        alter_table(attach.partition, f"VALIDATE CONSTRAINT {name}"),
        AND_THEN,
        execute(sight.statement.text),
        alter_table(attach.partition, f"DROP CONSTRAINT {name}"),
    )


_TABLES = "CREATE TABLE events (at date NOT NULL) PARTITION BY RANGE (at);CREATE TABLE events_2026 (at date NOT NULL);"
_ATTACH = "ALTER TABLE events ATTACH PARTITION events_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');"

HAZARD = Hazard(
    id="attach-partition-scans",
    title="Attaching a partition reads its rows under lock",
    severity=Severity.ERROR,
    effect="ATTACH PARTITION reads the whole partition under ACCESS EXCLUSIVE: every query on it waits.",
    safe_form="First a CHECK that implies the bound, NOT VALID and validated later; ATTACH then needs no scan.",
    source_url="https://www.postgresql.org/docs/current/ddl-partitioning.html#DDL-PARTITIONING-DECLARATIVE-MAINTENANCE",
    check=check,
    dangerous=(
        Example(setup=_TABLES, revision=_ATTACH),
        Example(
            setup=_TABLES + "ALTER TABLE events_2026 ADD CONSTRAINT c CHECK (at >= '2026-01-01') NOT VALID;",
            revision=_ATTACH,
        ),
    ),
    safe=(
        Example(
            setup=_TABLES
            + "ALTER TABLE events_2026 ADD CONSTRAINT c CHECK (at >= '2026-01-01' AND at < '2027-01-01');",
            revision=_ATTACH,
        ),
        Example(
            setup="CREATE TABLE events (at date NOT NULL) PARTITION BY RANGE (at);",
            revision="CREATE TABLE events_2026 (at date NOT NULL);" + _ATTACH,
        ),
    ),
)
