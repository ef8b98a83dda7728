"""The whole schema as one immutable snapshot; what changed since; the difference of two snapshots."""

from midflight.catalog.difference import AttributeChange, ChangedObject, SchemaDiff, SchemaObject, diff
from midflight.catalog.read import read_snapshot
from midflight.catalog.reader import Reader, Scope
from midflight.catalog.readers import BUILT_IN_READERS
from midflight.catalog.snapshot import Part, Snapshot, Unit
from midflight.catalog.watch import CatalogWatch

__all__ = [
    "BUILT_IN_READERS",
    "AttributeChange",
    "CatalogWatch",
    "ChangedObject",
    "Part",
    "Reader",
    "SchemaDiff",
    "SchemaObject",
    "Scope",
    "Snapshot",
    "Unit",
    "diff",
    "read_snapshot",
]
