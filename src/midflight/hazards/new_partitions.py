"""Partitions that a live table gets, and what that does to its default partition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from midflight.sql.changes import CreateTable
from midflight.sql.names import Name
from midflight.sql.partitions import DEFAULT, AttachPartition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.hazards.evidence import Sight
    from midflight.pg.identifiers import QualifiedName


@dataclass(frozen=True, slots=True)
class NewPartition:
    """A partition that a table gets."""

    parent: Name
    partition: Name
    bound: str
    is_created: bool
    """Whether it is made by CREATE TABLE ... PARTITION OF, and not attached."""

    def scanned_default(self, sight: Sight) -> str | None:
        """The default partition that is read whole for its sake; None where none is, or where a CHECK spares it."""
        if self.bound == DEFAULT:
            return None
        if sight.observed:
            return next(iter(sight.scanned_beside(self.partition)), None)
        default = sight.scene.facts.default_partition(self.parent)
        return str(default) if default and not _has_check(default, sight) else None


def new_partitions(sight: Sight) -> Iterator[NewPartition]:
    """The partitions that live tables get."""
    for create in sight.changes(CreateTable):
        if create.partition_of and sight.concerns_live_table(create.partition_of):
            yield NewPartition(create.partition_of, create.table, create.bound or DEFAULT, is_created=True)
    for attach in sight.changes(AttachPartition):
        if sight.concerns_live_table(attach.table):
            yield NewPartition(attach.table, attach.partition, attach.bound, is_created=False)


def _has_check(table: QualifiedName, sight: Sight) -> bool:
    """Whether a CHECK excludes the bound only a server can tell: by the text one is taken for the one that does."""
    checks = sight.table(Name(table.schema, table.name)).checks
    return any(check.valid and check.definition.startswith("CHECK") for check in checks)
