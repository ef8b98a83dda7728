"""Which changes of a column's type PostgreSQL makes in the catalog alone, without reading the table.

Sources: the notes of ALTER TABLE (https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES),
which name binary coercible types, and the support functions in PostgreSQL's source that drop a cast which only loosens
a length (``varchar_support``, ``varbit_support``, ``numeric_support``, ``timestamp_support``, ``time_support``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from midflight.sql.changes import AlterColumnType

_TYPE = re.compile(r"(?P<name>[^(\[]+?) ?(?:\((?P<modifiers>[\d,]+)\))?(?P<rest>(?: with.*)?)(?P<array>\[\])?")

_BINARY_COERCIBLE = frozenset(
    {
        ("character varying", "text"),
        ("text", "character varying"),
        ("cidr", "inet"),
    }
)

_LENGTHS = frozenset({"character varying", "bit varying"})
_TIMES = ("timestamp", "time")
_MOST_DIGITS_OF_A_SECOND = 6


@dataclass(frozen=True, slots=True)
class _Type:
    name: str
    modifiers: tuple[int, ...]


def keeps_rows(old: str, new: str) -> bool:
    """Tell whether a column can go from one type to another without a rewrite or a scan of its table.

    Both types are as ``format_type`` writes them. False means: it cannot, or nobody knows without trying, as with
    domains, types of extensions, and ``timestamptz`` to ``timestamp``, which follows the session's time zone.
    """
    if old == new:
        return True
    before, after = _read(old), _read(new)
    if before is None or after is None:
        return False
    if before.name == after.name:
        return _loosens(before, after)
    return (before.name, after.name) in _BINARY_COERCIBLE and not after.modifiers


def name_of(text: str) -> str:
    """Return a type without its modifiers, such as ``timestamp with time zone``."""
    read = _read(text)
    return read.name if read else text


def modifiers_of(text: str) -> tuple[int, ...]:
    """Return a type's modifiers, such as its length; empty where it has none."""
    read = _read(text)
    return read.modifiers if read else ()


def changes_collation_alone(change: AlterColumnType, old: str) -> bool:
    """Tell whether a change of type leaves the rows as they are and names a collation: only indexes are built anew."""
    return change.collation is not None and change.using is None and keeps_rows(old, change.type)


def _read(text: str) -> _Type | None:
    found = _TYPE.fullmatch(text)
    if found is None or found["array"]:
        return None
    modifiers = tuple(int(number) for number in (found["modifiers"] or "").split(",") if number)
    return _Type(found["name"] + found["rest"], modifiers)


def _loosens(before: _Type, after: _Type) -> bool:
    if before.name in _LENGTHS:
        return not after.modifiers or (before.modifiers != () and after.modifiers >= before.modifiers)
    if before.name == "numeric":
        return not after.modifiers or _has_room(before.modifiers, after.modifiers)
    if before.name.startswith(_TIMES):
        return _digits(after) >= _digits(before)
    return False


def _has_room(before: tuple[int, ...], after: tuple[int, ...]) -> bool:
    """A numeric may gain digits before the point; its scale must stay."""
    (precision, *scale), (new_precision, *new_scale) = before or (-1,), after
    return bool(before) and (scale or [0]) == (new_scale or [0]) and new_precision >= precision


def _digits(type_: _Type) -> int:
    return type_.modifiers[0] if type_.modifiers else _MOST_DIGITS_OF_A_SECOND
