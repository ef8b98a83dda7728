"""What a check sees: one statement among those of its revision, what was observed of it, and what is known beside.

Where a statement was watched on a real server, that decides; where it was not, its text and PostgreSQL's manual do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from midflight.hazards.facts import Facts, TableFacts
from midflight.hazards.learning import learned
from midflight.pg.locks import LockMode
from midflight.sql.changes import (
    Change,
    CreateIndex,
    CreateTable,
    CreateTableAs,
    CreateView,
    RenameTable,
    RenameView,
    SetSchema,
    TableChange,
    Update,
)
from midflight.sql.expected_locks import expected_locks
from midflight.sql.objects import SetLockTimeout
from midflight.sql.types import CreateType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from midflight.sql.names import Name
    from midflight.sql.statement import Statement
    from midflight.trace.record import HeldLock, Relation, TracedStatement

C = TypeVar("C", bound=Change)

_NAMED_IN_QUERIES = frozenset({"r", "p", "m", "v", "f"})
_INDEXES = frozenset({"i", "I"})
"""Both as ``pg_class.relkind``."""

_LONGEST_TIMEOUT = 10_000
"""Milliseconds: a lock_timeout above it spares a service nothing, since its own clients give up before."""

OWN_SCHEMA = "midflight"
"""Of the journal and of the ledger of backfills, whose rows our own steps write."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One statement of a revision."""

    statement: Statement
    line: int | None
    transaction: int
    """Counts the transactions of the revision from 1."""
    autocommit: bool
    """Whether it was sent outside of any transaction."""
    trace: TracedStatement | None = None
    """What was recorded on a real server; None where the statement is judged by its text alone."""

    @property
    def observed(self) -> bool:
        """Whether a real server showed what it does: it was watched, and it did not fail."""
        return self.trace is not None and self.trace.unobserved is None and self.trace.error is None


@dataclass(frozen=True, slots=True)
class Scene:
    """What all statements of one revision share."""

    statements: tuple[Seen, ...]
    facts: Facts
    """The tables as they were before the revision."""
    major: int
    """The server's major version."""
    version_table: str
    changes_by_name: Mapping[str, tuple[tuple[int, Change], ...]]
    """By the name of the table, and by new names of tables, views and indexes: what changes it, with the statement's
    index."""


@dataclass(frozen=True, slots=True)
class Sight:
    """One statement of a revision, with all that a check may ask."""

    scene: Scene
    index: int

    @property
    def seen(self) -> Seen:
        """The statement at hand, as it was seen."""
        return self.scene.statements[self.index]

    @property
    def statement(self) -> Statement:
        """The statement at hand, read."""
        return self.seen.statement

    @property
    def observed(self) -> bool:
        """Whether a real server showed what it does."""
        return self.seen.observed

    @property
    def major(self) -> int:
        """The server's major version."""
        return self.scene.major

    @property
    def earlier(self) -> Iterator[Sight]:
        """The statements of the revision before this one, first to last."""
        return (Sight(self.scene, index) for index in range(self.index))

    def earlier_with(self, *kinds: type[Change]) -> Iterator[Sight]:
        """Those of the earlier statements that make a change of one of the kinds."""
        before = enumerate(self.scene.statements[: self.index])
        return (
            Sight(self.scene, index)
            for index, seen in before
            if any(isinstance(change, kinds) for change in seen.statement.changes)
        )

    @property
    def later(self) -> Iterator[Sight]:
        """The statements of the revision after this one, first to last."""
        return (Sight(self.scene, index) for index in range(self.index + 1, len(self.scene.statements)))

    def shares_transaction(self, other: Sight) -> bool:
        """Tell whether both statements belong to one transaction."""
        return self.seen.transaction == other.seen.transaction

    def changes(self, kind: type[C]) -> Iterator[C]:
        """The statement's changes of one kind."""
        return (change for change in self.statement.changes if isinstance(change, kind))

    @property
    def is_in_ledger(self) -> bool:
        """Whether it notes in our own ledger what it has done: then it is a batch, and the next goes on from there."""
        return any(change.table.schema == OWN_SCHEMA for change in self.changes(Update))

    def concerns_live_table(self, name: Name) -> bool:
        """Tell whether the running service can know a table: the revision did not create it, and it is not ours."""
        if name.schema == OWN_SCHEMA:
            return False
        if self.observed:
            return self._relation(name) is not None
        return name.name != self.scene.version_table and not self._is_own(name)

    def is_own_type(self, name: Name) -> bool:
        """Tell whether the revision itself created a type, so that the running service cannot know it."""
        return any(
            change.type.may_be(name)
            for earlier in self.earlier_with(CreateType)
            for change in earlier.changes(CreateType)
        )

    def concerns_live_index(self, name: Name) -> bool:
        """Tell whether an index was there before the revision."""
        if self.observed:
            return any(lock.relation.kind in _INDEXES and name.may_be(lock.relation.name) for lock in self._locks())
        return not self._is_own(name)

    def table_of_index(self, name: Name) -> str | None:
        """The table of a live index, for a person; None where the text does not tell."""
        relations = (lock.relation for lock in self._locks() if lock.relation.kind in _INDEXES)
        return next((str(found.table) for found in relations if found.table and name.may_be(found.name)), None)

    def is_partitioned(self, name: Name) -> bool:
        """Tell whether a table is known to be partitioned."""
        relation = self._relation(name)
        return relation.kind == "p" if relation else self.table(name).partitioned

    @property
    def has_lock_timeout(self) -> bool:
        """Tell whether the revision itself bounds how long the statement may wait for its locks."""
        bound = 0
        for earlier in self.earlier_with(SetLockTimeout):
            for change in earlier.changes(SetLockTimeout):
                if not change.local or (self.shares_transaction(earlier) and not self.seen.autocommit):
                    bound = change.milliseconds
        return 0 < bound <= _LONGEST_TIMEOUT

    def locked_beside(self, *names: Name) -> tuple[str, ...]:
        """The live tables, other than those named, on which an observed statement took ACCESS EXCLUSIVE."""
        locks = self.seen.trace.locks_taken if self.seen.trace and self.observed else ()
        own = [self._relation(name) for name in names]
        found = (lock.relation for lock in locks if lock.mode is LockMode.ACCESS_EXCLUSIVE and lock.relation.is_table)
        return tuple(str(relation.name) for relation in found if relation not in own)

    def scanned_beside(self, *names: Name) -> tuple[str, ...]:
        """Those of them, and of the tables locked so before, that it read whole."""
        locks = {lock.relation for lock in self._locks() if lock.mode is LockMode.ACCESS_EXCLUSIVE}
        scans = self.seen.trace.scanned if self.seen.trace and self.observed else ()
        own = [self._relation(name) for name in names]
        return tuple(str(scan.relation.name) for scan in scans if scan.relation in locks and scan.relation not in own)

    def first_name(self, name: Name) -> str:
        """What a table was called before the revision, for a person; so that two names of one table are one."""
        relation = self._relation(name)
        return str(relation.name if relation else (self._names_before(name) or (name,))[0])

    def took(self, name: Name, mode: LockMode) -> bool:
        """Tell whether the statement runs with a lock of this mode on a table, taken by itself or before."""
        if self.observed:
            relation = self._relation(name)
            return any(lock.relation == relation and lock.mode is mode for lock in self._locks())
        return (name, mode) in self._expected_locks()

    def rewrote(self, name: Name) -> bool:
        """Tell whether an observed statement wrote a table, one of its indexes or of its partitions anew."""
        rewritten = self.seen.trace.rewritten if self.seen.trace else ()
        return any(self._is_part(relation, name) for relation in rewritten)

    def rewrote_index(self, name: Name) -> bool:
        """Tell whether an observed statement wrote an index anew."""
        rewritten = self.seen.trace.rewritten if self.seen.trace else ()
        return any(relation.kind in _INDEXES and name.may_be(relation.name) for relation in rewritten)

    @property
    def scanned_while_writers_wait(self) -> tuple[str, ...]:
        """The live tables that an observed statement read whole under a lock of its own that makes writes wait."""
        trace = self.seen.trace if self.observed else None
        locked = {lock.relation for lock in trace.locks_taken if lock.mode.blocks_writes} if trace else set()
        return tuple(str(scan.relation.name) for scan in trace.scanned if scan.relation in locked) if trace else ()

    @property
    def written_whole(self) -> tuple[str, ...]:
        """The live tables that an observed statement read whole and changed rows of, as far as their locks tell."""
        trace = self.seen.trace if self.observed else None
        if trace is None:
            return ()
        written = {lock.relation for lock in self._locks() if lock.mode is LockMode.ROW_EXCLUSIVE}
        return tuple(str(scan.relation.name) for scan in trace.scanned if scan.relation in written)

    def is_constrained_domain(self, name: Name) -> bool:
        """Tell whether a type is known to be a domain with constraints."""
        made = (change for earlier in self.earlier_with(CreateType) for change in earlier.changes(CreateType))
        own = [change.constrained for change in made if change.type.may_be(name)]
        return own[-1] if own else any(name.may_be(known) for known in self.scene.facts.constrained_domains)

    def scanned(self, name: Name) -> bool:
        """Tell whether an observed statement read the whole of a table or of one of its partitions."""
        scans = self.seen.trace.scanned if self.seen.trace else ()
        return any(self._is_part(scan.relation, name) for scan in scans)

    def table(self, name: Name) -> TableFacts:
        """What is known of a table at this point: the facts before the revision, and what its statements changed."""
        facts = self.scene.facts.table(name) or TableFacts()
        for change in self._earlier_changes(name):
            if isinstance(change, TableChange) and change.table.may_be(name):
                facts = learned(facts, change)
        return facts

    def strong_locks(self) -> tuple[tuple[str, LockMode], ...]:
        """The locks that the statement took on live tables and that make writes wait, or reads too."""
        if not self.observed:
            return tuple((str(name), mode) for name, mode in self._expected_locks() if mode.blocks_writes)
        taken = self.seen.trace.locks_taken if self.seen.trace else ()
        return tuple(
            (str(lock.relation.name), lock.mode) for lock in taken if lock.relation.is_table and lock.mode.blocks_writes
        )

    def _expected_locks(self) -> tuple[tuple[Name, LockMode], ...]:
        expected = (lock for change in self.statement.changes for lock in expected_locks(change))
        return tuple((name, mode) for name, mode in expected if self.concerns_live_table(name))

    def _earlier_changes(self, name: Name) -> Iterator[Change]:
        return (change for index, change in self.scene.changes_by_name.get(name.name, ()) if index < self.index)

    def _is_own(self, name: Name) -> bool:
        return any(self._creates(change, name) for change in self._earlier_changes(name))

    def _creates(self, change: Change, name: Name) -> bool:
        match change:
            case CreateTable(table=table) | CreateTableAs(table=table):
                return table.may_be(name) and not (change.if_not_exists and self.scene.facts.table(name))
            case CreateView(view=view):
                return view.may_be(name) and not change.replace
            case CreateIndex(name=index):
                return index == name.name
            case RenameView(view=view, new_name=new_name, column=None):
                return new_name == name.name and new_name != view.name and self._is_own(view)
            case RenameTable(table=table, new_name=new_name):
                return new_name == name.name and new_name != table.name and self._is_own(table)
            case _:
                return False

    def _locks(self) -> tuple[HeldLock, ...]:
        trace = self.seen.trace
        return trace.locks_taken + trace.locks_held if trace else ()

    def _relation(self, name: Name) -> Relation | None:
        """Find a table among the observed locks; what its own transaction renamed is known there by its former name."""
        tables = [lock.relation for lock in self._locks() if lock.relation.kind in _NAMED_IN_QUERIES]
        known = self._names_before(name)
        return next((table for one in known for table in tables if one.may_be(table.name)), None)

    def _names_before(self, name: Name) -> tuple[Name, ...]:
        """Return what the table that has this name here has been called, the first name first.

        None at all where the revision itself made it: then another table may have had that name before.
        """
        for index, change in reversed(self.scene.changes_by_name.get(name.name, ())):
            if index >= self.index:
                continue
            if self._makes(change, name):
                return ()
            former = _former_name(change, name)
            if former is not None:
                names = Sight(self.scene, index)._names_before(former)  # noqa: SLF001 - the same class, an earlier place
                return (*names, name) if names else ()
        return (name,)

    def _makes(self, change: Change, name: Name) -> bool:
        """Tell whether a change makes a table of just this name, and not another of the name in another schema."""
        match change:
            case CreateTable(table=made) | CreateTableAs(table=made) | CreateView(view=made):
                return (made.schema or "public") == (name.schema or "public") and self._creates(change, name)
            case _:
                return False

    def _is_part(self, relation: Relation, name: Name) -> bool:
        table = self._relation(name)
        return table is not None and (table.kind == "p" or (relation.table or relation.name) == table.name)


def _former_name(change: Change, name: Name) -> Name | None:
    """Return what a table was called before a change gave it this name; None where it did not."""
    match change:
        case RenameTable(table=former, new_name=new) | RenameView(view=former, new_name=new, column=None):
            return former if new == name.name and new != former.name else None
        case SetSchema(table=former, schema=schema):
            return former if schema == name.schema and former.name == name.name and former != name else None
        case _:
            return None
