"""The score of each tool, and where they disagree: pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bench.verdicts.case import Case
    from bench.verdicts.said import Said


@dataclass(frozen=True, slots=True)
class Score:
    """Counts over some cases."""

    dangerous: int
    named: int
    """Dangerous ones where the danger is named (recall, strictly)."""
    noticed: int
    """Dangerous ones of which anything is said (recall, loosely)."""
    harmless: int
    accused: int
    """Safe ones and look-alikes that are said to be what they only look like (false alarms, strictly)."""
    bothered: int
    """Safe ones and look-alikes of which anything is said (false alarms, loosely)."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A case of which two tools think differently."""

    case: Case
    said: Mapping[str, Said]
    """By the tool's name."""


def is_named(case: Case, said: Said) -> bool:
    """Whether the tool says of the case what its label is about."""
    return not said.hazards.isdisjoint(case.hazards)


def is_right(case: Case, said: Said) -> bool:
    """Whether the tool is right: names the danger, or says nothing where there is none."""
    return is_named(case, said) if case.is_dangerous else not said.rules


def score(cases: Iterable[Case], said: Mapping[str, Said]) -> Score:
    """Count, over the cases that were offered to the tool."""
    offered = [case for case in cases if case.id in said]
    dangerous = [case for case in offered if case.is_dangerous]
    harmless = [case for case in offered if not case.is_dangerous]
    return Score(
        dangerous=len(dangerous),
        named=sum(is_named(case, said[case.id]) for case in dangerous),
        noticed=sum(bool(said[case.id].rules) for case in dangerous),
        harmless=len(harmless),
        accused=sum(is_named(case, said[case.id]) for case in harmless),
        bothered=sum(bool(said[case.id].rules) for case in harmless),
    )


def disagreements(cases: Sequence[Case], tools: Mapping[str, Mapping[str, Said]]) -> tuple[Disagreement, ...]:
    """Return the cases of which one tool is right and another one wrong."""
    found = []
    for case in cases:
        of_case = {name: said[case.id] for name, said in tools.items() if case.id in said}
        if len({is_right(case, said) for said in of_case.values()}) > 1:
            found.append(Disagreement(case, of_case))
    return tuple(found)
