"""Partitions as Alembic revisions make them."""

import sqlalchemy as sa
from alembic import op


def attach_a_table_that_has_no_check() -> None:
    """dangerous: attach-partition-scans

    The whole table is read under ACCESS EXCLUSIVE on it.
    """
    op.execute("ALTER TABLE readings ATTACH PARTITION readings_2024 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')")


def attach_a_new_table() -> None:
    """look-alike: attach-partition-scans

    It is empty.
    """
    op.create_table(
        "readings_2027",
        sa.Column("id", sa.BigInteger, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("value", sa.Integer),
        sa.Column("label", sa.String(20)),
    )
    op.execute("ALTER TABLE readings ATTACH PARTITION readings_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')")


def partitions_in_a_loop() -> None:
    """dangerous: default-partition-scans

    The default partition is read under ACCESS EXCLUSIVE for each of them.
    """
    for month in (4, 5):
        op.execute(
            f"CREATE TABLE events_2026_0{month} PARTITION OF events"
            f" FOR VALUES FROM ('2026-0{month}-01') TO ('2026-0{month + 1}-01')"
        )


def partitioned_table() -> None:
    """look-alike: create-partition-blocks

    It is new.
    """
    op.create_table(
        "clicks",
        sa.Column("id", sa.BigInteger, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        postgresql_partition_by="RANGE (at)",
    )
    op.execute("CREATE TABLE clicks_2026 PARTITION OF clicks FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')")


def partition_in_place() -> None:
    """dangerous: create-partition-blocks

    It waits for ACCESS EXCLUSIVE on the whole table.
    """
    op.execute("CREATE TABLE readings_2027 PARTITION OF readings FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')")


def detach() -> None:
    """dangerous: detach-partition-blocks

    DETACH waits for ACCESS EXCLUSIVE on the whole table.
    """
    op.execute("ALTER TABLE readings DETACH PARTITION readings_2025")


def detach_concurrently() -> None:
    """safe: detach-partition-blocks

    CONCURRENTLY waits without keeping anybody out.
    """
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE readings DETACH PARTITION readings_2025 CONCURRENTLY")
