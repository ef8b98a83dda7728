"""A hazard seen at a place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from midflight.hazards.hazard import Severity

Basis = Literal["observed", "presumed", "grammar"]
"""What a finding rests on: a statement that was watched on a real server; one that was watched there, but the type of
a column from which it follows was presumed; or its text alone."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A hazard seen in one statement of a revision."""

    hazard: str
    """The hazard's id."""
    severity: Severity
    message: str
    table: str | None
    """As a person writes it: without the schema where that is ``public`` or absent. None where it concerns none."""
    statement: int | None
    """The statement's index in what was judged, from 0; None where it is about the revision as a whole."""
    line: int | None
    basis: Basis
    fix: str = ""
    """The safe form, as code to paste; empty where there is none."""
    advice: str = ""
    """What to do, in words, where there is no code to paste."""
