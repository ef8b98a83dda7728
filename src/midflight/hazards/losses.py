"""What is lost when a column goes from one type to another.

Sources: PostgreSQL's manual on each type (https://www.postgresql.org/docs/current/datatype.html); an assignment cast,
which ALTER COLUMN TYPE uses, refuses what is out of range or too long, and rounds what is too fine.
"""

from __future__ import annotations

from midflight.sql.type_changes import modifiers_of, name_of

_INTEGERS = {"smallint": 2, "integer": 4, "bigint": 8}
"""With their size in bytes."""
_EXACT_DIGITS = {"real": 6, "double precision": 15}
_DIGITS_OF_INTEGERS = {"smallint": 5, "integer": 10, "bigint": 19}
_STRINGS = frozenset({"text", "character varying", "character", "citext"})
_NUMBERS = frozenset({*_INTEGERS, *_EXACT_DIGITS, "numeric"})
_FROM_TEXT = frozenset({*_NUMBERS, "boolean", "date", "uuid", "json", "jsonb", "inet", "cidr", "interval", "bytea"})
_ZONED = "timestamp with time zone"
_UNZONED = "timestamp without time zone"
_TIMES = {_ZONED: "time", _UNZONED: "time"}

_TOO_LONG = "a value that is longer is refused, or cut where USING casts it"
_TOO_LARGE = "a value that is out of range is refused"
_ROUNDED = "what stands behind the point is rounded silently"
_NOT_ONE = "a text that is no such value is refused"


def loss(old: str, new: str, *, zone_is_stated: bool = False) -> str | None:
    """Say what happens to values that do not fit; None where all fit, or where nobody knows.

    Args:
        old: as ``format_type`` writes it.
        new: likewise.
        zone_is_stated: whether the revision itself sets the session's TimeZone.
    """
    before, after = name_of(old), name_of(new)
    if before in _STRINGS:
        return _of_text(old, new)
    if before in _NUMBERS and after in _NUMBERS:
        return _of_number(old, new)
    if before in _TIMES:
        return _of_time(old, new, zone_is_stated=zone_is_stated)
    return _of_bits(old, new) if before == after == "bit varying" else None


def _of_text(old: str, new: str) -> str | None:
    after = name_of(new)
    if after in _FROM_TEXT or after in _TIMES:
        return _NOT_ONE
    return _TOO_LONG if after in _STRINGS and _is_shorter(old, new) else None


def _of_bits(old: str, new: str) -> str | None:
    return _TOO_LONG if _is_shorter(old, new) else None


def _is_shorter(old: str, new: str) -> bool:
    before, after = _length(old), _length(new)
    return after is not None and (before is None or after < before)


def _length(text: str) -> int | None:
    """The most characters that a type takes; None for any number. A bare ``character`` takes one."""
    length = modifiers_of(text)
    return length[0] if length else 1 if name_of(text) == "character" else None


def _of_number(old: str, new: str) -> str | None:
    before, after = name_of(old), name_of(new)
    if after in _INTEGERS:
        if before in _INTEGERS:
            return _TOO_LARGE if _INTEGERS[after] < _INTEGERS[before] else None
        return f"{_ROUNDED}, and {_TOO_LARGE}"
    if after in _EXACT_DIGITS:
        return _of_float(old, new)
    return _of_numeric(old, new)


def _of_float(old: str, new: str) -> str | None:
    whole, fraction = _digits(old)
    known = _EXACT_DIGITS.get(name_of(old)) or (None if whole is None or fraction is None else whole + fraction)
    exact = _EXACT_DIGITS[name_of(new)]
    return None if known and known <= exact else f"only about {exact} digits are exact, the rest is rounded silently"


def _of_numeric(old: str, new: str) -> str | None:
    """A numeric without modifiers takes any number; one with them has so many digits before the point and behind it."""
    room = modifiers_of(new)
    if not room:
        return None
    scale = room[1] if len(room) > 1 else 0
    whole, fraction = _digits(old)
    rounded = fraction is None or fraction > scale
    too_large = whole is None or whole > room[0] - scale
    return ", and ".join([_ROUNDED] * rounded + [_TOO_LARGE] * too_large) or None


def _digits(text: str) -> tuple[int | None, int | None]:
    """The most digits of a type before the point and behind it; None for any number."""
    name, modifiers = name_of(text), modifiers_of(text)
    if name in _INTEGERS:
        return _DIGITS_OF_INTEGERS[name], 0
    if name != "numeric" or not modifiers:
        return None, None
    scale = modifiers[1] if len(modifiers) > 1 else 0
    return modifiers[0] - scale, scale


def _of_time(old: str, new: str, *, zone_is_stated: bool) -> str | None:
    before, after = name_of(old), name_of(new)
    if after == "date":
        return "the time of day is lost"
    if after.startswith("time "):
        return "the date is lost"
    if before != after and after in _TIMES and not zone_is_stated:
        return "what moment is meant follows from the session's TimeZone, and is lost where that is not the same"
    finer = after in _TIMES and bool(modifiers_of(new)) and (modifiers_of(old) or (6,)) > modifiers_of(new)
    return "fractions of a second are rounded silently" if finer else None
