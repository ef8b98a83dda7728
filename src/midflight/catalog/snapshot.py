"""The whole schema at one moment, as plain immutable data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from midflight.catalog.reader import Reader, Scope


class Unit(NamedTuple):
    """What is read again as a whole: a relation with all its parts, a type, a function, an object of the database."""

    scope: Scope
    schema: str
    name: str


class Part(NamedTuple):
    """An object within its unit; ``sub`` is empty for the unit's own object."""

    kind: str
    sub: str


Attributes: TypeAlias = tuple[str | None, ...]
"""An object's attributes as PostgreSQL writes them, in the order of its reader's; None is the usual case."""

Parts: TypeAlias = Mapping[Part, Attributes]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All objects of a schema. Two snapshots are equal where the schemas are, to the letter."""

    units: Mapping[Unit, Parts]
    readers: Mapping[str, Reader] = field(compare=False, repr=False)
    """By kind: what the attributes are called."""

    def attributes(self, unit: Unit, part: Part) -> dict[str, str | None]:
        """Return one object's attributes by name; KeyError where there is no such object."""
        return dict(zip(self.readers[part.kind].attributes, self.units[unit][part], strict=True))
