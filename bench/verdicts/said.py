"""What a tool said of a case: plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Said:
    """The rules of a tool that fired, and the hazards that those are about."""

    rules: tuple[str, ...] = ()
    """In the tool's own words."""
    hazards: frozenset[str] = frozenset()
    """Our ids; for a rival by the table of its rules."""


NOTHING = Said()


def translated(rules: set[str], meanings: Mapping[str, tuple[str, ...]], left_out: frozenset[str]) -> Said:
    """Translate the rules of a rival, but for those that are left out.

    Raises:
        KeyError: a rule that the table does not know: one of a new release, to be judged first.
    """
    counted = sorted(rules - left_out)
    return Said(tuple(counted), frozenset(hazard for rule in counted for hazard in meanings[rule]))


def without(said: Said, ending: str) -> Said:
    """Leave out the rules, and the hazards, whose name ends so."""
    return Said(
        tuple(rule for rule in said.rules if not rule.endswith(ending)),
        frozenset(hazard for hazard in said.hazards if not hazard.endswith(ending)),
    )
