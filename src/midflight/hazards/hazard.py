"""What a hazard is: frozen words for people, and a pure check."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from midflight.hazards.evidence import Sight
    from midflight.hazards.fix import Fix


class Severity(enum.Enum):
    """How bad a hazard is where it is seen."""

    ERROR = "error"
    """It hurts the service as the revision is written."""
    WARNING = "warning"
    """It hurts the service unless something is true that the revision does not show."""


@dataclass(frozen=True, slots=True)
class Harm:
    """What a check saw in a statement."""

    table: str
    """The table that it concerns, as a person writes it."""
    message: str
    """What a live service would feel, in plain words."""
    fix: Fix | str = ()
    """The safe form; a text is code to paste as it is. Empty where there is none."""
    advice: str = ""
    """What to do, in words, where there is no code to paste."""


@dataclass(frozen=True, slots=True)
class Example:
    """SQL that runs on a real server and shows the hazard, or its safe form."""

    setup: str
    """The schema before the revision."""
    revision: str
    """What the revision sends."""
    autocommit: bool = False
    """Whether each statement is a transaction of its own, as in Alembic's ``autocommit_block``."""
    also: tuple[str, ...] = ()
    """Ids of the other hazards that are rightly seen in it."""


@dataclass(frozen=True, slots=True)
class Hazard:
    """One way in which a statement hurts a live service."""

    id: str
    """In kebab case; the file is called the same with underscores."""
    title: str
    severity: Severity
    effect: str
    """What a live service feels."""
    safe_form: str
    """What to do in its place, in words."""
    source_url: str
    """The page of PostgreSQL's manual that says so."""
    check: Callable[[Sight], Iterable[Harm]]
    """Looks at one statement; pure."""
    dangerous: tuple[Example, ...]
    safe: tuple[Example, ...]
    breaks_old_code: bool = False
    """Whether it hurts code alone that was written before: none in a contract revision that was prepared for."""


@dataclass(frozen=True, slots=True)
class HistoryHazard:
    """What is wrong with a whole revision, or with the history; the proof itself sees it, not a single statement."""

    id: str
    """In kebab case; the file is called the same with underscores."""
    title: str
    severity: Severity
    effect: str
    """What a team feels."""
    safe_form: str
    """What to do in its place, in words."""
    source_url: str
    """The page of Alembic's or PostgreSQL's documentation that bears on it."""
