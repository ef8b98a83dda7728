"""How two snapshots differ, as plain data."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from midflight.catalog.lines import lines_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from midflight.catalog.snapshot import Part, Parts, Snapshot, Unit

_NO_PARTS: Parts = {}
_PICKED = re.compile(r"_not_null\d*$")
"""How PostgreSQL names a NOT NULL constraint: after the table and the column, with a number where that is taken."""


@dataclass(frozen=True, slots=True)
class SchemaObject:
    """An object that only one of the snapshots has."""

    unit: Unit
    part: Part
    attributes: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class AttributeChange:
    """One attribute of an object that both snapshots have."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class ChangedObject:
    """An object that both snapshots have, but not the same."""

    unit: Unit
    part: Part
    changes: tuple[AttributeChange, ...]


@dataclass(frozen=True, slots=True)
class SchemaDiff:
    """What was added, removed and changed on the way from one schema to the other; false where they are equal."""

    added: tuple[SchemaObject, ...]
    removed: tuple[SchemaObject, ...]
    changed: tuple[ChangedObject, ...]
    headings: Mapping[Unit, str]
    """What each unit is that differs, such as ``partitioned table``."""

    def __bool__(self) -> bool:
        return bool(self.headings)

    @property
    def is_order_alone(self) -> bool:
        """Whether nothing differs but the order of columns, and names that PostgreSQL picks."""
        positions = all(change.name == "position" for changed in self.changed for change in changed.changes)
        return bool(self) and self._swaps_picked_names_alone and positions

    @property
    def is_picked_names_alone(self) -> bool:
        """Whether nothing differs but names that PostgreSQL picks for NOT NULL constraints, from 18 on.

        Such a constraint keeps its name where its column gets another one: nobody has chosen it, or asks for it.
        """
        return bool(self.added) and not self.changed and self._swaps_picked_names_alone

    @property
    def _swaps_picked_names_alone(self) -> bool:
        added, removed = ([_unnamed(one) for one in side] for side in (self.added, self.removed))
        return None not in added and Counter(added) == Counter(removed)

    def lines(self) -> Iterator[str]:
        """Write it for a terminal; nothing where the schemas are equal."""
        return lines_of(self)


def diff(before: Snapshot, after: Snapshot) -> SchemaDiff:
    """Compare two snapshots that the same readers made."""
    units = sorted(
        (unit for unit in before.units.keys() | after.units.keys() if _differs(before.units, after.units, unit)),
        key=lambda unit: (unit.schema, unit.name, unit.scope.name),
    )
    return SchemaDiff(
        added=tuple(_only_in(after, before, units)),
        removed=tuple(_only_in(before, after, units)),
        changed=tuple(found for unit in units for found in _changed(before, after, unit)),
        headings={unit: _heading(after if unit in after.units else before, unit) for unit in units},
    )


def _unnamed(found: SchemaObject) -> tuple[object, ...] | None:
    """Return what a NOT NULL constraint says without its name; None where somebody named it, or it is none."""
    definition = found.attributes.get("definition") or ""
    if found.part.kind != "constraint" or not definition.startswith("NOT NULL ") or not _PICKED.search(found.part.sub):
        return None
    return (found.unit, *sorted(found.attributes.items()))


def _differs(before: Mapping[Unit, Parts], after: Mapping[Unit, Parts], unit: Unit) -> bool:
    was, is_ = before.get(unit), after.get(unit)
    return was is not is_ and was != is_


def _only_in(one: Snapshot, other: Snapshot, units: Sequence[Unit]) -> Iterator[SchemaObject]:
    for unit in units:
        there = other.units.get(unit, _NO_PARTS)
        for part in one.units.get(unit, _NO_PARTS):
            if part not in there:
                derived = one.readers[part.kind].derived
                attributes = one.attributes(unit, part)
                yield SchemaObject(unit, part, {name: attributes[name] for name in attributes if name not in derived})


def _changed(before: Snapshot, after: Snapshot, unit: Unit) -> Iterator[ChangedObject]:
    old, new = before.units.get(unit, _NO_PARTS), after.units.get(unit, _NO_PARTS)
    moved = _order(before, unit, new) != _order(after, unit, old)
    for part in old:
        if part in new and old[part] != new[part]:
            changes = _changes(before, after, unit, part)
            if moved or part.kind != "column":
                yield ChangedObject(unit, part, changes)
            elif others := tuple(change for change in changes if change.name != "position"):
                yield ChangedObject(unit, part, others)


def _order(snapshot: Snapshot, unit: Unit, among: Parts) -> list[Part]:
    # A column that goes moves up all that follow. Only where columns changed places is their position worth a word.
    columns = [part for part in snapshot.units.get(unit, _NO_PARTS) if part.kind == "column" and part in among]
    return sorted(columns, key=lambda part: int(snapshot.attributes(unit, part)["position"] or 0))


def _changes(before: Snapshot, after: Snapshot, unit: Unit, part: Part) -> tuple[AttributeChange, ...]:
    was, is_ = before.attributes(unit, part), after.attributes(unit, part)
    changes = [AttributeChange(name, was[name], is_[name]) for name in was if was[name] != is_[name]]
    derived = before.readers[part.kind].derived
    return tuple(change for change in changes if change.name not in derived) or tuple(changes)


def _heading(snapshot: Snapshot, unit: Unit) -> str:
    for part in snapshot.units[unit]:
        if not part.sub:
            return snapshot.attributes(unit, part).get("kind") or part.kind
    return unit.scope.name.lower()
