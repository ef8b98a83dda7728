"""What a check found: plain data, which reports render."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from midflight.errors import ExitCode
from midflight.hazards.hazard import Severity

if TYPE_CHECKING:
    from pathlib import Path

    from midflight.hazards.finding import Finding
    from midflight.hazards.suppression import Suppressed
    from midflight.operations.phase import Phase
    from midflight.pg.addresses import Address
    from midflight.phases.gates import Gate
    from midflight.shadow.shadow import ServerFacts
    from midflight.trace.record import TracedStatement


class Outcome(enum.Enum):
    """How a revision (or SQL file) ended on the shadow."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_RUN = "not run"
    """What it builds upon failed."""


class RoundTripStatus(enum.Enum):
    """What upgrade, downgrade, upgrade came to."""

    SAME = "same"
    """Each way leaves the catalog as it was, to the letter."""
    REORDERED = "reordered"
    """Nothing differs but the order of columns: one that is added again stands last, and no ALTER TABLE moves it."""
    DIFFERS = "differs"
    IRREVERSIBLE = "irreversible"
    """The revision says itself that there is no way back: no downgrade(), or one that raises NotImplementedError."""
    FAILED = "failed"
    """The downgrade, or the upgrade after it, failed."""
    NOT_RUN = "not run"


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """Upgrade, downgrade, upgrade, with the catalog compared."""

    status: RoundTripStatus
    reason: str | None = None
    """Why it failed or is irreversible."""
    line: int | None = None
    """The revision's line at which it failed."""
    after_downgrade: tuple[str, ...] = ()
    """How the catalog after the downgrade differs from the one before the upgrade, as lines of a diff."""
    after_second_upgrade: tuple[str, ...] = ()
    """How the catalog after the second upgrade differs from the one after the first."""
    lost: tuple[str, ...] = ()
    """What tables held before the upgrade and do not hold after the downgrade, in words, never values."""


NO_ROUND_TRIP = RoundTrip(RoundTripStatus.NOT_RUN)


@dataclass(frozen=True, slots=True)
class RevisionResult:
    """One revision, or one SQL file, proven."""

    id: str
    """The revision's id; for SQL the file's name."""
    title: str
    path: Path | None
    """None for standard input."""
    outcome: Outcome
    statements: tuple[TracedStatement, ...] = ()
    """What it sent, the statements that only look (SELECT, SHOW) and those of Alembic itself left out."""
    findings: tuple[Finding, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    """What was found and is allowed by a comment; it counts for nothing."""
    round_trip: RoundTrip = NO_ROUND_TRIP
    reason: str | None = None
    """Why it failed or was not run."""
    line: int | None = None
    """The line at which it failed."""
    seconds: float = 0.0
    """The whole proof of this revision."""
    parents: tuple[str, ...] = ()
    """The revisions on which it builds; several where it merges branches, none for a base or for SQL."""
    phase: Phase | None = None
    """None for SQL, which has none."""
    presumed: tuple[str, ...] = ()
    """For SQL without a baseline: what it is the first file to presuppose, each thing in a few words."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """A whole check."""

    server: ServerFacts
    subject: str
    """What was checked, for a person: the project's configuration file or the SQL files."""
    revisions: tuple[RevisionResult, ...]
    findings: tuple[Finding, ...] = ()
    """Findings about the history as a whole."""
    skipped: int = 0
    """Revisions of the history that were applied but not proven, since the range left them out."""
    notes: tuple[str, ...] = ()
    """What a reader should know of how it was checked."""
    seconds: float = 0.0
    database: Address | None = None
    """The database that has not got these revisions yet; None where they were not chosen so."""
    gates: tuple[Gate, ...] = ()
    """What holds contract revisions back there at this moment."""

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        """The history's findings, then each revision's."""
        return self.findings + tuple(finding for revision in self.revisions for finding in revision.findings)

    @property
    def all_suppressed(self) -> tuple[Suppressed, ...]:
        """What comments allow, of every revision."""
        return tuple(suppressed for revision in self.revisions for suppressed in revision.suppressed)

    @property
    def exit_code(self) -> int:
        """1 where anything failed or was found that is an error, else 0."""
        found = any(finding.severity is Severity.ERROR for finding in self.all_findings)
        found = found or any(revision.outcome is not Outcome.PASSED for revision in self.revisions)
        return ExitCode.FINDINGS if found else ExitCode.FINE


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a check has come."""

    done: int
    total: int
    doing: str
    """For a person: the revision at hand, or what is being prepared."""
