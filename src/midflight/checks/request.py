"""What a check is asked to do: plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from midflight.hazards.severities import Severities
from midflight.registry import BUILT_IN, Hazards

if TYPE_CHECKING:
    from midflight.bridge.project import ProjectSource
    from midflight.pg.addresses import Address
    from midflight.shadow.choice import ShadowChoice


@dataclass(frozen=True, slots=True)
class Conditions:
    """Where and from what state a check runs."""

    choice: ShadowChoice
    baseline: str | None = None
    """What is there before the first revision: a SQL file, or ``module:attribute``."""
    roles: tuple[str, ...] = ()
    """Roles that the shadow is given, where it is a server of our own."""
    time_limit: float = 60.0
    """Seconds that one revision, or one SQL file, may take in one direction."""
    start_limit: float = 30.0
    """Seconds in which the shadow must be ready."""
    hazards: Hazards = BUILT_IN
    """What is looked for."""
    severities: Severities = field(default_factory=Severities)
    """How bad the team says that it is."""
    cache: bool = False
    """Whether what an earlier check has proven is restored, and what this one proves is kept."""
    folder: Path = field(default_factory=Path.cwd)
    """Where the baseline is looked for: the user's current folder, which a project may leave."""

    @property
    def baseline_file(self) -> Path | None:
        """The baseline where it is a SQL file."""
        if self.baseline is None or (":" in self.baseline and not self.baseline.endswith(".sql")):
            return None
        return self.folder / self.baseline


@dataclass(frozen=True, slots=True)
class HistoryRequest:
    """Check an Alembic project."""

    conditions: Conditions
    source: ProjectSource
    range: str | None = None
    """``FROM:TO`` or one revision; None is all."""
    since: str | None = None
    """A Git commit: only revisions whose files changed since."""
    pending: bool = False
    """Only revisions that a database has not got yet."""
    database: Address | None = None
    """That database; None is the project's own."""


@dataclass(frozen=True, slots=True)
class SqlRequest:
    """Check plain SQL."""

    conditions: Conditions
    files: tuple[Path | None, ...]
    """Run in this order; None is standard input."""
