"""What an upgrade would do to a live database: its pending revisions, proven, with that database's sizes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from midflight import sql
from midflight.checks.estimates import Estimate, Work, estimate
from midflight.checks.folding import folded
from midflight.checks.history import ONE_TRANSACTION, check_history
from midflight.checks.touching import Touched, touched
from midflight.operations.backfill import SMALL_ROWS
from midflight.pg.identifiers import QualifiedName
from midflight.runner.live import looking
from midflight.runner.table_sizes import TableSize, read_sizes
from midflight.sql.changes import RenameTable, SetSchema
from midflight.sql.expected_locks import expected_locks
from midflight.trace.record import HeldLock, Relation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from midflight.checks.request import HistoryRequest
    from midflight.checks.result import CheckResult, Progress, RevisionResult
    from midflight.hazards.finding import Finding
    from midflight.trace.record import TracedStatement


@dataclass(frozen=True, slots=True)
class Touch:
    """A table that a statement goes over, as large as it is in the live database."""

    what: Touched
    size: TableSize | None
    """None where the live database has no such table: an earlier pending revision creates it."""

    @property
    def is_left_to_workers(self) -> bool:
        """Whether it is a backfill of a table that is not small: the upgrade itself only registers it."""
        return self.what.by_backfill and self.size is not None and (self.size.rows or 0) > SMALL_ROWS

    @property
    def bytes(self) -> int:
        """What is gone over once: with its indexes where those are made anew, too."""
        if self.size is None or self.is_left_to_workers:
            return 0
        with_indexes = self.what.work in {Work.REWRITE, Work.WRITE}
        return self.size.total_bytes if with_indexes else self.size.table_bytes

    @property
    def estimate(self) -> Estimate:
        """How long it takes."""
        most = estimate(self.what.work, self.bytes, passes=self.what.passes)
        return Estimate(0.0, most.most) if self.what.at_most else most


@dataclass(frozen=True, slots=True)
class PlannedStatement:
    """One statement that an upgrade would send."""

    statement: TracedStatement
    locks: tuple[HeldLock, ...]
    """Those that it takes: observed, or by PostgreSQL's manual where it could not be watched."""
    touches: tuple[Touch, ...]
    findings: tuple[Finding, ...]

    @property
    def estimate(self) -> Estimate:
        """How long it takes, beside what it waits."""
        return sum((touch.estimate for touch in self.touches), Estimate())

    @property
    def reads_wait(self) -> bool:
        """Whether queries of some table wait while it runs."""
        return any(lock.mode.blocks_reads for lock in self._all_locks)

    @property
    def writes_wait(self) -> bool:
        """Whether INSERT, UPDATE and DELETE of some table wait while it runs."""
        return any(lock.mode.blocks_writes for lock in self._all_locks)

    @property
    def _all_locks(self) -> tuple[HeldLock, ...]:
        return self.locks + self.statement.locks_held


@dataclass(frozen=True, slots=True)
class PlannedRevision:
    """One revision that the database has not got yet."""

    result: RevisionResult
    statements: tuple[PlannedStatement, ...]
    findings: tuple[Finding, ...]
    """Those that are about the revision as a whole."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an upgrade would do."""

    checked: CheckResult
    revisions: tuple[PlannedRevision, ...]
    large_rows: int
    """Rows from which on a table is large."""

    @property
    def statements(self) -> tuple[PlannedStatement, ...]:
        """The statements of all revisions."""
        return tuple(statement for revision in self.revisions for statement in revision.statements)

    @property
    def estimate(self) -> Estimate:
        """How long all of it takes."""
        return _total(self.statements)

    @property
    def reads_wait(self) -> Estimate:
        """For how long in all queries of some table wait."""
        return _total(statement for statement in self.statements if statement.reads_wait)

    @property
    def writes_wait(self) -> Estimate:
        """For how long in all INSERT, UPDATE and DELETE of some table wait."""
        return _total(statement for statement in self.statements if statement.writes_wait)

    def is_large(self, touch: Touch) -> bool:
        """Whether it goes over so many rows that a warning is due."""
        return touch.size is not None and (touch.size.rows or 0) >= self.large_rows


async def plan(request: HistoryRequest, large_rows: int, report: Callable[[Progress], None]) -> Plan:
    """Prove the pending revisions, and join them with the sizes of the live database, which is only read.

    Args:
        request: of pending revisions.
        large_rows: rows from which on a table is large.
        report: is told how far it has come.

    Raises:
        MidflightError: as ``check_history``.
    """
    checked = await check_history(request, report)
    database = checked.database
    assert database is not None
    # Midflight gives each revision a transaction of its own.
    checked = replace(checked, notes=tuple(note for note in checked.notes if note != ONE_TRANSACTION))
    told = [folded(revision.statements) for revision in checked.revisions]
    names = _FirstNames()
    found = [[(index, one, names.resolve(touched(one), one)) for index, one in statements] for statements in told]
    tables = {first for statements in found for _, _, pairs in statements for _, first in pairs}
    sizes: dict[QualifiedName, TableSize] = {}
    if tables:
        async with looking(database) as connection:
            sizes = await read_sizes(connection, sorted(tables))
    revisions = (
        _revision(result, statements, sizes) for result, statements in zip(checked.revisions, found, strict=True)
    )
    return Plan(checked, tuple(revisions), large_rows)


class _FirstNames:
    """Knows what a table was called before pending revisions renamed it."""

    def __init__(self) -> None:
        self._first: dict[QualifiedName, QualifiedName] = {}

    def resolve(self, them: Iterable[Touched], statement: TracedStatement) -> tuple[tuple[Touched, QualifiedName], ...]:
        """Pair each table with its name in the live database; then take note of new names."""
        pairs = tuple((one, self._first.get(one.table, one.table)) for one in them)
        for change in sql.parse(statement.sql).changes:
            if isinstance(change, RenameTable | SetSchema):
                old = QualifiedName(change.table.schema or "public", change.table.name)
                new = (
                    QualifiedName(old.schema, change.new_name)
                    if isinstance(change, RenameTable)
                    else QualifiedName(change.schema, old.name)
                )
                self._first[new] = self._first.pop(old, old)
        return pairs


def _revision(
    result: RevisionResult,
    statements: list[tuple[int, TracedStatement, tuple[tuple[Touched, QualifiedName], ...]]],
    sizes: Mapping[QualifiedName, TableSize],
) -> PlannedRevision:
    planned = tuple(
        PlannedStatement(
            statement,
            _locks(statement),
            tuple(Touch(one, sizes.get(first)) for one, first in pairs),
            tuple(finding for finding in result.findings if finding.statement == index),
        )
        for index, statement, pairs in statements
    )
    shown = {index for index, _, _ in statements}
    return PlannedRevision(
        result, planned, tuple(finding for finding in result.findings if finding.statement not in shown)
    )


def _locks(statement: TracedStatement) -> tuple[HeldLock, ...]:
    if not statement.unobserved:
        return statement.locks_taken
    return tuple(
        HeldLock(Relation(0, QualifiedName(name.schema or "public", name.name), "r"), mode)
        for change in sql.parse(statement.sql).changes
        for name, mode in expected_locks(change)
    )


def _total(statements: Iterable[PlannedStatement]) -> Estimate:
    return sum((statement.estimate for statement in statements), Estimate())
