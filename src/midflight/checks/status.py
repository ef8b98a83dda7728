"""The state of a live database: its revision against the history, its journal, and what needs attention."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from midflight.bridge.phases import history_of
from midflight.bridge.project import Project, ProjectSource, Revision, find_config
from midflight.bridge.read_only import read_live_environment
from midflight.bridge.thread import ProjectThread
from midflight.checks.loading import Loaded, load
from midflight.errors import ProjectError
from midflight.operations.phase import Phase
from midflight.pg.identifiers import QualifiedName
from midflight.phases.facts import NOTHING
from midflight.phases.gates import shut_gates, strangers
from midflight.phases.reading import LedgerClosedError, read_facts
from midflight.runner.journal import file_hash
from midflight.runner.journal_entries import JournalPast, read_journal
from midflight.runner.live import looking
from midflight.runner.overview import InvalidIndex, Overview, Session, read_deployer, read_overview
from midflight.runner.versions import Versions, read_versions

if TYPE_CHECKING:
    from pathlib import Path

    import asyncpg

    from midflight.bridge.environment import Environment
    from midflight.pg.addresses import Address
    from midflight.phases.facts import Backfill, Facts, LiveInstance
    from midflight.phases.gates import Gate
    from midflight.phases.history import History

JOURNAL_ENTRIES = 5
_VERSION_TABLE = "alembic_version"


@dataclass(frozen=True, slots=True)
class StatusRequest:
    """What is looked at."""

    source: ProjectSource
    folder: Path
    """The user's current folder."""
    database: Address | None = None
    """None is the project's own."""
    time_limit: float = 60.0
    """Seconds in which the project must be loaded."""
    long_seconds: float = 60.0
    """From which age on a transaction is told."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A database's revision against a history."""

    heads: tuple[str, ...]
    current: tuple[tuple[str, str], ...]
    """The revisions that the version table names, each with its title."""
    pending: tuple[Revision, ...]
    """What the database has not got yet, in its order."""
    unknown: tuple[str, ...]
    """Revisions that the version table names and the history does not have."""
    edited: tuple[Revision, ...]
    """Revisions whose files were changed after they were applied, as the journal says."""
    history: History
    """All revisions, as phases know them."""

    @property
    def contracts(self) -> tuple[Revision, ...]:
        """The pending revisions of the contract phase: they wait until nobody needs the old shape."""
        return tuple(revision for revision in self.pending if revision.phase is Phase.CONTRACT)

    @property
    def due(self) -> tuple[Revision, ...]:
        """The pending revisions that need not wait: no contracts, and not built upon one."""
        left = self.history.left_by_expand(revision.id for revision in self.pending)
        return tuple(revision for revision in self.pending if revision.id not in left)


@dataclass(frozen=True, slots=True)
class Status:
    """A live database as it was at one moment."""

    database: Address
    versions: Versions
    standing: Standing | None
    """None where there is no project to compare it with."""
    journal: JournalPast
    deployer: Session | None
    """Who is applying revisions at this moment."""
    overview: Overview
    facts: Facts | None = NOTHING
    """Backfills and live instances; None where the ledger may not be read."""

    def gates(self, contract: Revision) -> tuple[Gate, ...]:
        """The gates of a pending contract revision that are shut, as far as the ledger may be read."""
        return shut_gates(contract.id, self.standing.history, self.facts) if self.standing and self.facts else ()

    @property
    def unknown_instances(self) -> tuple[LiveInstance, ...]:
        """Instances that were built for a revision which the history does not have."""
        return strangers(self.standing.history, self.facts) if self.standing and self.facts else ()

    @property
    def failed_backfills(self) -> tuple[Backfill, ...]:
        """Backfills that go on only when somebody helps."""
        return tuple(one for one in (self.facts or NOTHING).backfills if one.state == "failed")

    @property
    def left_behind(self) -> tuple[InvalidIndex, ...]:
        """INVALID indexes that nobody is building."""
        return tuple(index for index in self.overview.invalid_indexes if index.build is None)

    @property
    def needs_attention(self) -> bool:
        """Whether there is something that a deployment should not leave as it is."""
        standing = self.standing
        amiss = standing and (standing.due or standing.unknown or standing.edited)
        return bool(amiss or self.left_behind or self.failed_backfills)


async def read_status(request: StatusRequest) -> Status:
    """Look at a live database; nothing is changed.

    Raises:
        ProjectError: the project could not be loaded, or names no database.
        DatabaseError: the database could not be read.
    """
    loaded = await load_where_there_is(request)
    database = database_of(request, loaded)
    options = loaded.environment.options if loaded else {}
    name, schema = options.get("version_table") or _VERSION_TABLE, options.get("version_table_schema")
    async with looking(database) as connection:
        versions = await read_versions(connection, name, schema)
        current = await connection.fetchval("SELECT current_schema()::text")
        key = str(QualifiedName(schema or current or "public", name))  # as the runner names it
        journal = await read_journal(connection, key, last=JOURNAL_ENTRIES)
        deployer = await read_deployer(connection, key)
        overview = await read_overview(connection, long_seconds=request.long_seconds)
        facts = await _facts(connection)
    standing = _standing(loaded, versions, journal) if loaded else None
    return Status(database, versions, standing, journal, deployer, overview, facts)


async def _facts(connection: asyncpg.Connection) -> Facts | None:
    try:
        return await read_facts(connection)
    except LedgerClosedError:
        return None


async def load_where_there_is(request: StatusRequest) -> Loaded | None:
    """Load the project; None where there is none, and the database is named without it.

    Raises:
        ProjectError: it could not be loaded.
    """
    if request.database is not None and request.source.config is None:
        try:
            find_config(request.folder)
        except ProjectError:
            return None

    def read(project: Project) -> Environment:
        return read_live_environment(project, request.database)

    return await load(ProjectThread(), request.source, request.time_limit, read)


def database_of(request: StatusRequest, loaded: Loaded | None) -> Address:
    """Return which database is looked at.

    Raises:
        ProjectError: where nothing names one.
    """
    database = request.database or (loaded.environment.database if loaded else None)
    if database is None:
        place = f"{loaded.project.env_py}: it names" if loaded else "there is"
        raise ProjectError(f"{place} no PostgreSQL URL", hint="name the database with --database URL")
    return database


def _standing(loaded: Loaded, versions: Versions, journal: JournalPast) -> Standing:
    titles = {revision.id: revision.title for revision in loaded.history}
    applied: set[str] = set()
    unknown = []
    for version in versions.revisions:
        if version in titles:
            applied |= loaded.project.ancestors(version)
        else:
            unknown.append(version)
    return Standing(
        heads=loaded.project.heads(),
        current=tuple((version, titles[version]) for version in versions.revisions if version in titles),
        pending=tuple(revision for revision in loaded.history if revision.id not in applied),
        unknown=tuple(unknown),
        edited=tuple(revision for revision in loaded.history if _is_edited(revision, applied, journal)),
        history=history_of(loaded.history),
    )


def _is_edited(revision: Revision, applied: set[str], journal: JournalPast) -> bool:
    then = (journal.hashes or {}).get(revision.id)
    if then is None or revision.id not in applied or not revision.path.is_file():
        return False
    return file_hash(revision.path) != then
