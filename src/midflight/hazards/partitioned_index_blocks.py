"""CREATE INDEX on a partitioned table keeps writers out of every partition until the last one is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.hazards.fix import Remark, execute, lines, lines_of_code, outside_transaction
from midflight.hazards.hazard import Example, Harm, Hazard, Severity
from midflight.pg.identifiers import quote_identifier
from midflight.sql.changes import CreateIndex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight
    from midflight.hazards.fix import Fix


def check(sight: Sight) -> Iterator[Harm]:
    """See an index that is built on a live partitioned table and all that belongs to it."""
    for index in sight.changes(CreateIndex):
        builds = not index.concurrently and not index.only
        if builds and sight.concerns_live_table(index.table) and sight.is_partitioned(index.table):
            yield Harm(str(index.table), _message(index), _fix(index))


def _message(index: CreateIndex) -> str:
    return (
        f"CREATE INDEX locks {index.table} and every partition of it (SHARE) until the index is built on the last one "
        "and the transaction ends: reads go on, but every INSERT, UPDATE and DELETE waits. The wait grows with the "
        "rows of all partitions together."
    )


def _fix(index: CreateIndex) -> Fix:
    if index.columns is None or index.where or index.include or index.has_options:
        return lines(
            "1. the same with ON ONLY: at once, and not yet valid",
            "2. for each partition, outside of a transaction: the same with CONCURRENTLY",
            "3. for each partition: ATTACH PARTITION its index; the last one makes the whole index valid",
        )
    return _fix_of_plain(index, "UNIQUE " * index.unique, ", ".join(map(quote_identifier, index.columns)))


def _fix_of_plain(index: CreateIndex, unique: str, columns: str) -> Fix:
    name = index.name or "_".join(["ix", index.table.name, *(index.columns or ())])
    part = quote_identifier(f"{name}_{{number}}")
    schema = f"{quote_identifier(index.table.schema)}." if index.table.schema else ""
    using = f"USING {index.method} ({columns})"
    of_table = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = to_regclass(:parent)"
    create = f"CREATE {unique}INDEX CONCURRENTLY {part} ON {{partition}} {using}"
    attach = f"ALTER INDEX {schema}{quote_identifier(name)} ATTACH PARTITION {schema}{part}"
    code = lines_of_code(
        f"partitions = op.get_bind().execute(sa.text({of_table!r}), {{'parent': {index.table.sql!r}}}).scalars().all()",
        "for number, partition in enumerate(partitions, 1):  # where these have partitions, the same with each",
        f"    op.execute(f{create!r})",
        f"    op.execute(f{attach!r})",
    )
    return lines(
        "at once, and not valid until each partition has its part:",
        execute(f"CREATE {unique}INDEX {quote_identifier(name)} ON ONLY {index.table.sql} {using}"),
        outside_transaction(
            _IN_SQL,
            execute(
                lines_of_code(*(f"-- {each.format(number='...', partition='...')};" for each in (create, attach))),
                alembic=code,
            ),
        ),
    )


_IN_SQL: Fix = (Remark("", "for each partition; where it has partitions itself, the same with each of them:"),)

_TABLES = (
    "CREATE TABLE events (id int, kind int) PARTITION BY LIST (kind);"
    "CREATE TABLE events_1 PARTITION OF events FOR VALUES IN (1);"
    "CREATE TABLE events_2 PARTITION OF events FOR VALUES IN (2);"
)

HAZARD = Hazard(
    id="partitioned-index-blocks",
    title="Building an index on a partitioned table blocks writes everywhere",
    severity=Severity.ERROR,
    effect="CREATE INDEX holds SHARE on every partition until the last one is done: all writers wait.",
    safe_form="ON ONLY the partitioned table; then for each partition CONCURRENTLY, and ATTACH PARTITION.",
    source_url="https://www.postgresql.org/docs/current/ddl-partitioning.html#DDL-PARTITIONING-DECLARATIVE-MAINTENANCE",
    check=check,
    dangerous=(
        Example(setup=_TABLES, revision="CREATE INDEX ix_events_id ON events (id);"),
        Example(setup=_TABLES, revision="CREATE UNIQUE INDEX ON events (id, kind);"),
        Example(setup=_TABLES, revision="CREATE INDEX ix_events_id ON events (id) WHERE id > 0;"),
    ),
    safe=(
        Example(setup=_TABLES, revision="CREATE INDEX ix_events_id ON ONLY events (id);"),
        Example(
            setup=_TABLES,
            revision="CREATE INDEX CONCURRENTLY ix_events_1_id ON events_1 (id);",
            autocommit=True,
        ),
        Example(
            setup="",
            revision="CREATE TABLE visits (id int) PARTITION BY LIST (id); CREATE INDEX ON visits (id);",
        ),
    ),
)
