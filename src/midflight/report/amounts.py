"""Sizes, times and rows, as a person reads them."""

from __future__ import annotations

_UNITS = ("bytes", "kB", "MB", "GB", "TB")
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def size(number: int) -> str:
    """Write a number of bytes as PostgreSQL's ``pg_size_pretty`` does, such as ``12 MB``."""
    amount, unit = float(number), _UNITS[0]
    for unit in _UNITS:
        if amount < 10 * 1024 or unit == _UNITS[-1]:
            break
        amount /= 1024
    return f"{amount:,.0f} {unit}"


def duration(seconds: float) -> str:
    """Write a time in its two largest units, such as ``1 min 20 s``."""
    if seconds < 1:
        return f"{seconds * 1000:,.0f} ms"
    if seconds < _MINUTE:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"  # noqa: PLR2004 - one digit is enough from here on
    whole = round(seconds)
    if whole < _HOUR:
        return _two(whole, _MINUTE, "min", 1, "s")
    return _two(whole, _HOUR, "h", _MINUTE, "min") if whole < _DAY else _two(whole, _DAY, "d", _HOUR, "h")


def number_of(rows: int, noun: str = "row") -> str:
    """Write an estimated number of rows, such as ``about 120 million rows``."""
    for unit, word in ((10**9, "billion"), (10**6, "million")):
        if rows >= unit:
            amount = rows / unit
            return f"about {amount:,.0f} {word} {noun}s" if amount >= 10 else f"about {amount:.1f} {word} {noun}s"  # noqa: PLR2004 - likewise
    return f"about {rows:,} {noun}{'' if rows == 1 else 's'}"


def _two(whole: int, large: int, large_name: str, small: int, small_name: str) -> str:
    first, second = whole // large, whole % large // small
    return f"{first} {large_name} {second} {small_name}" if second else f"{first} {large_name}"
