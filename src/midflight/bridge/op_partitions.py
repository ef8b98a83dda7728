"""The operations on partitions, as revisions call them."""

from __future__ import annotations

from midflight.bridge.running import run
from midflight.operations.attach_partition import AttachPartition
from midflight.operations.detach_partition import DetachPartition
from midflight.operations.operation import SMALL_TABLE_ROWS


def attach_partition(
    table_name: str,
    partition_name: str,
    bound: str,
    *,
    schema: str | None = None,
    partition_schema: str | None = None,
    row_limit: int = SMALL_TABLE_ROWS,
) -> None:
    """Make a table a partition of another. Its rows are read and its indexes are built before, beside the traffic.

    Args:
        table_name: the partitioned table.
        partition_name: the table that is attached.
        bound: ``FOR VALUES FROM ('2027-01-01') TO ('2027-02-01')``, ``FOR VALUES IN (...)``, ``DEFAULT`` and so on.
        schema: of the partitioned table.
        partition_schema: of the other; by default the same.
        row_limit: up to how many rows may be read under the lock where that cannot be avoided.
    """
    operation = AttachPartition(
        table_name, partition_name, bound, schema=schema, partition_schema=partition_schema, row_limit=row_limit
    )
    run(operation)


def detach_partition(
    table_name: str,
    partition_name: str,
    *,
    schema: str | None = None,
    partition_schema: str | None = None,
    bound: str | None = None,
    concurrently: bool = True,
) -> None:
    """Make a partition a table of its own, beside the traffic; one that was begun is finished.

    Args:
        table_name: the partitioned table.
        partition_name: its partition.
        schema: of the partitioned table.
        partition_schema: of the partition; by default the same.
        bound: what it had, for autogenerate's way back.
        concurrently: False detaches it at once, under short strong locks that are polled for, and does not read the
            partition. So it is done in any case where there is a default partition.
    """
    operation = DetachPartition(
        table_name,
        partition_name,
        schema=schema,
        partition_schema=partition_schema,
        bound=bound,
        concurrently=concurrently,
    )
    run(operation)
