"""The difference of two schemas in words, for a terminal."""

from __future__ import annotations

import difflib
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from midflight.pg.identifiers import QualifiedName

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from midflight.catalog.difference import AttributeChange, ChangedObject, SchemaDiff, SchemaObject
    from midflight.catalog.snapshot import Part, Unit

# How many lines of a long text's difference are shown.
_LONGEST = 30

# Not worth a word of an object that comes or goes: said in its line already, or what nearly every object has.
_UNTOLD = frozenset({"kind", "position", "owner", "access_method"})

_COLUMN_WORDS = {
    "type": "{}",
    "collation": "COLLATE {}",
    "identity": "GENERATED {} AS IDENTITY",
    "generated": "GENERATED ALWAYS AS {}",
    "not_null": "NOT NULL",
    "default": "DEFAULT {}",
}


class _Entry(NamedTuple):
    """What is said of one object."""

    part: Part
    sign: str
    lines: tuple[str, ...]


def lines_of(diff: SchemaDiff) -> Iterator[str]:
    """Write a difference unit by unit: ``-`` removed, ``+`` added, ``~`` changed, with a table's parts below it."""
    entries: dict[Unit, list[_Entry]] = {unit: [] for unit in diff.headings}
    for sign, objects in (("-", diff.removed), ("+", diff.added)):
        parts = _parts(objects)
        for item in objects:
            along = "" if item.part.sub else _counted(parts[item.unit])
            entries[item.unit].append(_Entry(item.part, sign, (_object_line(sign, item, along),)))
    for changed in diff.changed:
        entries[changed.unit].append(_Entry(changed.part, "~", tuple(_change_lines(changed))))
    for unit, of_unit in entries.items():
        yield from _unit_lines(unit, diff.headings[unit], of_unit)


def _unit_lines(unit: Unit, heading: str, entries: Sequence[_Entry]) -> Iterator[str]:
    own = [entry for entry in entries if not entry.part.sub]
    told = {entry.sign for entry in own} - {"~"}
    parts = sorted(entry for entry in entries if entry.part.sub and entry.sign not in told)
    for entry in own:
        yield from entry.lines
    if parts and not own:
        yield f"{heading} {_unit_name(unit)}"
    for entry in parts:
        yield from (f"  {line}" for line in entry.lines)


def _parts(objects: Sequence[SchemaObject]) -> Mapping[Unit, Sequence[Part]]:
    found: dict[Unit, list[Part]] = {item.unit: [] for item in objects}
    for item in objects:
        if item.part.sub:
            found[item.unit].append(item.part)
    return found


def _name(item: SchemaObject | ChangedObject) -> str:
    return item.part.sub or _unit_name(item.unit)


def _unit_name(unit: Unit) -> str:
    return str(QualifiedName(unit.schema, unit.name)) if unit.schema and unit.name else unit.schema or unit.name


def _counted(parts: Sequence[Part]) -> str:
    """Write ``8 columns, 1 index``: what came or went with its table needs no line of its own."""
    counts = Counter(part.kind for part in parts)
    return ", ".join(f"{count} {kind if count == 1 else _plural(kind)}" for kind, count in sorted(counts.items()))


def _plural(kind: str) -> str:
    if kind.endswith("y"):
        return f"{kind[:-1]}ies"
    return kind if kind.endswith("s") else f"{kind}{'es' if kind.endswith('x') else 's'}"


def _object_line(sign: str, item: SchemaObject, along: str) -> str:
    kind = item.attributes.get("kind") or item.part.kind
    words = _words(item.part.kind, item.attributes)
    if along:
        words = f"{words} ({along})" if words else along
    return f"{sign} {kind} {_name(item)}" + (f": {words}" if words else "")


def _words(kind: str, attributes: Mapping[str, str | None]) -> str:
    """Write an object's attributes as SQL would, as far as they fit on a line."""
    told = {name: value for name, value in attributes.items() if value is not None and name not in _UNTOLD}
    first = []
    if kind == "column":
        column = {name: told.pop(name) for name in _COLUMN_WORDS if name in told}
        first = [" ".join(_COLUMN_WORDS[name].format(value) for name, value in column.items() if value != "false")]
    elif "definition" in told:
        definition = told.pop("definition")
        first = [definition] if "\n" not in definition else []
        told = {name: value for name, value in told.items() if value != "true"}
    others = [_setting(name, value) for name, value in told.items() if "\n" not in value]
    return ", ".join(first + others)


def _change_lines(item: ChangedObject) -> Iterator[str]:
    subject = f"~ {item.part.kind} {_name(item)}"
    short = [change for change in item.changes if not _is_long(change)]
    if short:
        words = (f"{_setting(change.name, change.before)} -> {_value(change.name, change.after)}" for change in short)
        yield f"{subject}: {'; '.join(words)}"
    for change in item.changes:
        if _is_long(change):
            yield f"{subject}: {_title(change.name)}"
            yield from (f"    {line}" for line in _text_difference(change.before or "", change.after or ""))


def _is_long(change: AttributeChange) -> bool:
    return "\n" in f"{change.before}{change.after}"


def _text_difference(before: str, after: str) -> Iterator[str]:
    found = list(difflib.unified_diff(before.splitlines(), after.splitlines(), n=1, lineterm=""))[2:]
    yield from found[:_LONGEST]
    if len(found) > _LONGEST:
        yield f"... {len(found) - _LONGEST} more lines"


def _setting(name: str, value: str | None) -> str:
    return f"{_title(name)} {_value(name, value)}"


def _title(name: str) -> str:
    return name.replace("_", " ")


def _value(name: str, value: str | None) -> str:
    if value is None:
        return "default" if name == "privileges" else "none"
    return f"'{value}'" if name == "comment" else value
