"""Figures of the HTML report in words."""

from __future__ import annotations

SECOND = 1.0
TEN_MILLISECONDS = 0.01


def duration(seconds: float) -> str:
    """Write a time such as ``0.4 ms``, ``12 ms`` or ``3.1 s``."""
    if seconds >= SECOND:
        return f"{seconds:,.1f} s"
    return f"{seconds * 1000:.1f} ms" if 0 < seconds < TEN_MILLISECONDS else f"{seconds * 1000:.0f} ms"


def capital(text: str) -> str:
    """Begin a text with a capital letter and leave the rest as it is."""
    return text[:1].upper() + text[1:]
