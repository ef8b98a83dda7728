"""Figures in short words, as they stand beside a brake."""

from __future__ import annotations

_UNITS = ("B", "kB", "MB", "GB", "TB")
_MINUTES_FROM = 600


def as_seconds(seconds: float) -> str:
    """Write a time: ``1.4 s``, ``14 s``, ``31 min``."""
    if seconds >= _MINUTES_FROM:
        return f"{seconds / 60:.0f} min"
    return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"  # noqa: PLR2004 - one digit is enough from here on


def as_bytes(number: float) -> str:
    """Write an amount of data: ``300 MB``."""
    unit = _UNITS[0]
    for unit in _UNITS:
        if number < 1024 or unit == _UNITS[-1]:  # noqa: PLR2004 - the next unit begins here
            break
        number /= 1024
    return f"{number:.0f} {unit}"


def as_rate(number: float) -> str:
    """Write an amount of data a second: ``120 MB/s``."""
    return f"{as_bytes(number)}/s"


def as_number(number: float) -> str:
    """Write a count."""
    return f"{number:.0f}"


def as_times(number: float) -> str:
    """Write a multiple: ``2.4 times``."""
    return f"{number:.1f} times"


def as_rows(number: int) -> str:
    """Write a number of rows: ``1 row``, ``1,200 rows``."""
    return f"{number:,} row{'' if number == 1 else 's'}"
