"""Which whole tables a statement goes over, and how: by its trace where it was watched, else by its text."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from midflight import sql
from midflight.checks.estimates import Work
from midflight.operations.backfill import is_done_at_once
from midflight.pg.identifiers import QualifiedName
from midflight.sql.changes import AddConstraint, CreateIndex, Delete, Reindex, Update, ValidateConstraint
from midflight.sql.storage import RefreshView, Vacuum

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.sql.changes import Change
    from midflight.sql.names import Name
    from midflight.trace.record import TracedStatement

_BY_INDEX = frozenset({"unique", "primary key", "exclusion"})


@dataclass(frozen=True, slots=True)
class Touched:
    """A table that a statement goes over."""

    work: Work
    table: QualifiedName
    passes: int = 1
    """How many times its rows are read; CREATE INDEX CONCURRENTLY reads them twice."""
    at_most: bool = False
    """Whether it may be only some of its rows: there is a WHERE."""
    by_backfill: bool = False
    """Whether a backfill does it: at once where the table is small, else the workers do it."""


def touched(statement: TracedStatement) -> tuple[Touched, ...]:
    """Return each table that others can see and that a statement goes over as a whole."""
    if statement.error:
        return ()
    changes = sql.parse(statement.sql).changes
    found = [one for change in changes for one in _expected(change)] if statement.unobserved else _observed(statement)
    written = {one.table.name: one for change in changes for one in _written(change)}
    kept = [one for one in found if one.table.name not in written or one.work is not Work.SCAN]
    by_backfill = is_done_at_once(statement.sql)
    return tuple(replace(one, by_backfill=by_backfill) for one in dict.fromkeys([*kept, *written.values()]))


def _observed(statement: TracedStatement) -> list[Touched]:
    rewritten = [relation.name for relation in statement.rewritten if relation.is_table]
    reindexed = [
        relation.table
        for relation in statement.rewritten
        if relation.kind == "i" and relation.table and relation.table not in rewritten
    ]
    work = Work.INDEX if any(_builds_index(change) for change in sql.parse(statement.sql).changes) else Work.SCAN
    scanned = [
        scan.relation.name
        for scan in statement.scanned
        if scan.relation.is_table and scan.relation.name not in {*rewritten, *reindexed}
    ]
    return [
        *(Touched(Work.REWRITE, name) for name in rewritten),
        *(Touched(Work.INDEX, name) for name in reindexed),
        *(Touched(work, name) for name in scanned),
    ]


def _builds_index(change: Change) -> bool:
    match change:
        case CreateIndex() | Reindex():
            return True
        case AddConstraint(constraint=constraint):
            return constraint.kind in _BY_INDEX and constraint.using_index is None
        case _:
            return False


def _expected(change: Change) -> Iterator[Touched]:
    """Read from its text what it goes over, by the manual: mostly CONCURRENTLY, which cannot be watched."""
    match change:
        case CreateIndex(table=table, concurrently=concurrently, only=False):
            yield Touched(Work.INDEX, _qualified(table), passes=2 if concurrently else 1)
        case Reindex(target=target, of="table", concurrently=concurrently) if target:
            yield Touched(Work.INDEX, _qualified(target), passes=2 if concurrently else 1)
        case RefreshView(view=view):
            yield Touched(Work.REWRITE, _qualified(view))
        case Vacuum(table=table, full=full) if table:
            yield Touched(Work.REWRITE if full else Work.SCAN, _qualified(table))
        case ValidateConstraint(table=table):
            yield Touched(Work.SCAN, _qualified(table))
        case _:
            return


def _written(change: Change) -> Iterator[Touched]:
    """Tell whose rows are changed; where a condition pins them to a list, they are few."""
    if isinstance(change, Update | Delete) and not (change.where and (change.where.pinned or change.where.current_of)):
        yield Touched(Work.WRITE, _qualified(change.table), at_most=change.where is not None)


def _qualified(name: Name) -> QualifiedName:
    return QualifiedName(name.schema or "public", name.name)
