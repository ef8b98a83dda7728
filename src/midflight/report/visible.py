"""Text that others wrote (SQL, names, server messages), made harmless and short enough to show."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass

from midflight.report.words import counted

TAB = "    "

# What a terminal obeys instead of showing: C0 and C1 controls, DEL, line separators, the marks and overrides that
# reorder what stands around them (Unicode's "Trojan Source"), and lone surrogates, which no encoding can write.
_UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

_BLANK_LINES = re.compile(r"\A(?:[^\S\n]*\n)+")


def visible(text: str) -> str:
    r"""Write control characters out, such as ``\x1b``; newlines stay and tabs become spaces."""
    return _UNSEEN.sub(_written_out, text.replace("\r\n", "\n").replace("\t", TAB))


def one_line(text: str) -> str:
    """Like ``visible``, with all white space run together into single spaces."""
    return visible(" ".join(text.split()))


def _written_out(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")


@dataclass(frozen=True, slots=True)
class Size:
    """How much of a text is shown at most."""

    lines: int
    characters: int


def excerpt(text: str, size: Size) -> str:
    """Return the beginning of a text, its common indent removed, with a last line that counts what was left out."""
    text = _BLANK_LINES.sub("", text).rstrip()
    clipped = text[: size.characters]
    lines = textwrap.dedent(visible(clipped)).splitlines()
    if len(clipped) < len(text):
        return "\n".join([*lines[: size.lines], f"... ({len(text):,} characters in all)"])
    if len(lines) > size.lines:
        left_out = len(lines) - size.lines
        return "\n".join([*lines[: size.lines], f"... ({counted(left_out, 'more line')})"])
    return "\n".join(lines)
