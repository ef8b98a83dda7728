"""Changes of which partitions a partitioned table has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from midflight.sql.names import Name

DEFAULT = "DEFAULT"
"""The bound of the partition that takes what fits into no other."""


@dataclass(frozen=True, slots=True)
class AttachPartition:
    """ALTER TABLE ... ATTACH PARTITION."""

    table: Name
    partition: Name
    bound: str
    """Its bound as SQL: ``FOR VALUES ...`` or ``DEFAULT``."""


@dataclass(frozen=True, slots=True)
class DetachPartition:
    """ALTER TABLE ... DETACH PARTITION."""

    table: Name
    partition: Name
    concurrently: bool = False
