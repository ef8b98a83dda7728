"""What ``midflight check`` was given, as plain data, and what of it does not go together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pathlib import Path

    from midflight.cli.page import Colour

STANDARD_INPUT = "-"


@dataclass(frozen=True, slots=True)
class CheckFlags:
    """The arguments and options of ``midflight check``; the defaults are what was not given."""

    places: tuple[str, ...] = ()
    config: Path | None = None
    name: str | None = None
    x: tuple[str, ...] = ()
    since: str | None = None
    pending: bool = False
    database: str | None = None
    sql: bool = False
    shadow: str | None = None
    postgres: int | None = None
    baseline: str | None = None
    time_limit: float | None = None
    no_cache: bool = False
    format: Literal["terminal", "json", "html"] = "terminal"
    output: Path | None = None
    verbose: bool = False
    quiet: bool = False
    colour: Colour = "auto"

    def contradiction(self) -> str | None:
        """Say which of them do not go together; None where they do."""
        return self._of_sql() if self.sql else self._of_history()

    def _of_sql(self) -> str | None:
        strangers = [name for name, given in self._of_projects().items() if given]
        if strangers:
            return f"--sql and {strangers[0]} contradict each other: SQL files have no Alembic project"
        if not self.places:
            return f"--sql needs files, or {STANDARD_INPUT} for standard input"
        if self.places.count(STANDARD_INPUT) > 1:
            return f"standard input ({STANDARD_INPUT}) can be read once only"
        return self._of_report()

    def _of_history(self) -> str | None:
        if len(self.places) > 1:
            return f"one RANGE is expected, not {len(self.places)}; for SQL files there is --sql"
        choices = {"RANGE": self.places, "--since": self.since, "--pending": self.pending}
        chosen = [name for name, given in choices.items() if given]
        if len(chosen) > 1:
            return f"{chosen[0]} and {chosen[1]} contradict each other: each says which revisions"
        if self.database and not self.pending:
            return "--database is of use with --pending only; where revisions are proven is said by --shadow"
        return self._of_report()

    def _of_report(self) -> str | None:
        if self.verbose and self.quiet:
            return "--verbose and --quiet contradict each other"
        return None

    def _of_projects(self) -> dict[str, object]:
        return {
            "--config": self.config,
            "--name": self.name,
            "-x": self.x,
            "--since": self.since,
            "--pending": self.pending,
            "--database": self.database,
        }
