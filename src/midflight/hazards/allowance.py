"""The comment with which a team accepts a hazard: ``midflight: allow(hazard-id): reason``."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FOR_US = re.compile(r"(?:#|--)\s*midflight\s*:\s*(?P<said>(?:allow\b|\w+\s*\().*)")
"""Behind another comment too, such as ``# noqa: E501  # midflight: allow(...): ...``; a mere mention is left alone."""
_ALLOW = re.compile(r"allow\s*\((?P<hazards>[^()]*)\)\s*(?::(?P<reason>.*))?")


@dataclass(frozen=True, slots=True)
class Allowance:
    """One such comment."""

    line: int
    """Where it stands, from 1."""
    lines: range | None
    """The lines of which it speaks; None for the whole file."""
    hazards: tuple[str, ...]
    """The ids that it names; empty where it is not understood."""
    reason: str

    def covers(self, line: int | None) -> bool:
        """Tell whether it speaks of what was found at a line; None is the revision as a whole."""
        return self.lines is None or line in self.lines


def read_allowance(comment: str, line: int, lines: range | None) -> Allowance | None:
    """Read a comment; None where it does not speak to Midflight.

    Args:
        comment: with its ``#`` or ``--``.
        line: where it stands, from 1.
        lines: the lines of which it speaks; None for the whole file.
    """
    for_us = _FOR_US.search(comment)
    if for_us is None:
        return None
    allow = _ALLOW.fullmatch(for_us["said"])
    if allow is None:
        return Allowance(line, lines, (), "")
    hazards = tuple(filter(None, (name.strip() for name in allow["hazards"].split(","))))
    return Allowance(line, lines, hazards, (allow["reason"] or "").strip())
