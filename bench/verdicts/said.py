"""What a tool said of a case: plain data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """The rules of a tool that fired, and the hazards that those are about."""

    rules: tuple[str, ...] = ()
    """In the tool's own words; what is about style or about the whole file is left out."""
    hazards: frozenset[str] = frozenset()
    """Our ids; for a rival by the table of its rules."""


NOTHING = Said()


def said(rules: set[str], meanings: dict[str, tuple[str, ...]], left_out: frozenset[str]) -> Said:
    """Translate the rules of a rival.

    Raises:
        KeyError: a rule that the table does not know: a new release of the tool, to be judged first.
    """
    counted = sorted(rules - left_out)
    return Said(tuple(counted), frozenset(hazard for rule in counted for hazard in meanings[rule]))
