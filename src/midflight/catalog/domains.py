"""What a snapshot tells of its domains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.catalog.snapshot import Part
from midflight.pg.identifiers import QualifiedName

if TYPE_CHECKING:
    from midflight.catalog.snapshot import Snapshot

_DOMAIN = Part("domain", "")


def constrained_domains(snapshot: Snapshot) -> frozenset[QualifiedName]:
    """Name the domains that have a CHECK or NOT NULL of their own."""
    return frozenset(
        QualifiedName(unit.schema, unit.name)
        for unit, parts in snapshot.units.items()
        if _DOMAIN in parts
        and (
            snapshot.attributes(unit, _DOMAIN)["not_null"] == "true"
            or any(part.kind == "domain constraint" for part in parts)
        )
    )
