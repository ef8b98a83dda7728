"""How bad a team says that each hazard is, for all of its files or for some."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from midflight.hazards.finding import Finding
    from midflight.hazards.hazard import Severity


@dataclass(frozen=True, slots=True)
class Override:
    """Severities for some files."""

    paths: tuple[str, ...]
    """Patterns relative to the folder of the settings; ``*`` matches ``/`` too."""
    severity: Mapping[str, Severity | None]
    """By the hazard's id; None is off."""


@dataclass(frozen=True, slots=True)
class Severities:
    """Severities that differ from the hazards' own."""

    severity: Mapping[str, Severity | None] = field(default_factory=dict)
    """By the hazard's id; None is off."""
    overrides: tuple[Override, ...] = ()
    """The last one that names a hazard wins."""
    folder: Path = field(default_factory=Path.cwd)
    """Where the patterns begin."""

    def weigh(self, findings: Iterable[Finding], path: Path | None) -> tuple[Finding, ...]:
        """Give findings of one file their severity, and leave out those that are off.

        Args:
            findings: with the hazards' own severities.
            path: of the file; None where there is none, as for the history as a whole.
        """
        levels = {**self.severity, **self._overridden(path)} if path else self.severity
        weighed = ((finding, levels.get(finding.hazard, finding.severity)) for finding in findings)
        return tuple(replace(finding, severity=level) for finding, level in weighed if level is not None)

    def _overridden(self, path: Path) -> dict[str, Severity | None]:
        name = Path(os.path.relpath(self.folder / path, self.folder)).as_posix()
        matching = (one for one in self.overrides if any(fnmatchcase(name, pattern) for pattern in one.paths))
        return {hazard: level for one in matching for hazard, level in one.severity.items()}
