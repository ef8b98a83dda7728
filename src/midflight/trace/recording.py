"""What the statements of one revision did, gathered while they run."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from midflight.pg.identifiers import QualifiedName
from midflight.pg.locks import LockMode
from midflight.trace import probes
from midflight.trace.record import HeldLock, Relation, Scan, Sender, TracedStatement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import asyncpg

    from midflight.trace.protocol import Row
    from midflight.trace.session import Session


@dataclass(slots=True)
class _Transaction:
    """A transaction that is under way on one session."""

    number: int
    autocommit: bool
    held: frozenset[HeldLock] = frozenset()
    counted: dict[int, tuple[int, int]] | None = None
    """Scans and rows by relation at the last look; None before the first."""
    statements: list[int] = field(default_factory=list)
    """Places of its statements in the recording."""


@dataclass(slots=True)
class _Visible:
    """A relation that other sessions see, and where its rows are stored."""

    relation: Relation
    relfilenode: int


class Recording:
    """Collects the statements that one revision sends, over all its sessions."""

    def __init__(self, looker: asyncpg.Connection, newest: int, sender: Callable[[], Sender]) -> None:
        """Take a connection of our own, the newest relation before the revision, and what tells the sender."""
        self._looker = looker
        self._one_look = asyncio.Lock()  # a connection runs one query at a time, sessions are several
        self._newest = newest
        self._sender = sender
        self._began = time.perf_counter()
        self._transactions: dict[Session, _Transaction] = {}
        self._count = 0
        self._looking = 0.0
        self._visible: dict[int, _Visible | None] = {}
        self._created: set[int] = set()
        self._statements: list[TracedStatement] = []

    def statements(self) -> tuple[TracedStatement, ...]:
        """Return what was recorded; locks that are still held end now."""
        for session in list(self._transactions):
            self.end(session)
        return tuple(self._statements)

    def begin(self, session: Session, *, autocommit: bool = False) -> None:
        """A transaction begins on this session."""
        self._count += 1
        self._transactions[session] = _Transaction(self._count, autocommit)

    def end(self, session: Session) -> None:
        """The session's transaction ends: its locks are free."""
        transaction = self._transactions.pop(session, None)
        for place in transaction.statements if transaction else ():
            statement = self._statements[place]
            if statement.locks_taken:
                held = self._elapsed() - statement.started
                self._statements[place] = replace(statement, held_seconds=held)
        self._visible.clear()  # committed changes are seen by others from now on

    async def before(self, session: Session) -> TracedStatement:
        """Begin a statement: note its line, its time and the locks under which it runs."""
        transaction = self._transaction(session)
        if transaction.counted is None:
            rows = await session.ask(probes.COUNTED_BEFORE)
            transaction.counted = {int(oid or 0): (int(scans or 0), int(read or 0)) for oid, scans, read in rows}
        return self.unwatched(session)

    def unwatched(self, session: Session) -> TracedStatement:
        """Begin a statement that cannot be looked at."""
        transaction, sender = self._transaction(session), self._sender()
        return TracedStatement(
            sql="",
            line=sender.line,
            transaction=transaction.number,
            autocommit=transaction.autocommit,
            resumes=sender.resumes,
            locks_held=_in_order(transaction.held),
            started=self._elapsed(),
        )

    def add(self, session: Session, statement: TracedStatement) -> None:
        """End a statement with what is known of it."""
        self._transaction(session).statements.append(len(self._statements))
        self._statements.append(statement)

    def timed(self, statement: TracedStatement) -> TracedStatement:
        """Note how long a statement ran, which has just ended."""
        return replace(statement, seconds=self._elapsed() - statement.started)

    async def observe(self, session: Session, statement: TracedStatement) -> TracedStatement:
        """Look at what a statement has done inside its transaction, which is still open."""
        transaction = self._transaction(session)
        before = time.perf_counter()
        rows = await session.ask(probes.HELD_NOW)
        await self._look_up(int(row[0] or 0) for row in rows)
        self._looking += time.perf_counter() - before
        now = frozenset(lock for row in rows for lock in self._locks_of(row))
        counted = {} if transaction.counted is None else transaction.counted
        observed = replace(
            statement,
            locks_taken=_in_order(now - transaction.held),
            rewritten=tuple(relation for row in rows if (relation := self._rewritten(row)) is not None),
            scanned=tuple(scan for row in rows if (scan := self._scan(row, counted)) is not None),
            created=tuple(sorted(name for row in rows if (name := self._name_of_new(row)) is not None)),
        )
        transaction.held = now
        return observed

    def _transaction(self, session: Session) -> _Transaction:
        if session not in self._transactions:  # it began before the revision did
            self.begin(session)
        return self._transactions[session]

    def _elapsed(self) -> float:
        """Seconds since the revision's beginning, without those in which we looked."""
        return time.perf_counter() - self._began - self._looking

    async def _look_up(self, oids: Iterable[int]) -> None:
        """Learn which relations others see; what only this transaction sees stays None."""
        unknown = [oid for oid in oids if oid not in self._visible]
        if not unknown:
            return
        async with self._one_look:
            found = await self._looker.fetch(probes.SEEN_BY_OTHERS, unknown)
        self._visible.update(dict.fromkeys(unknown))
        for row in found:
            if row["oid"] <= self._newest:
                self._visible[row["oid"]] = _Visible(_relation(row), row["relfilenode"])

    def _locks_of(self, row: Row) -> Iterable[HeldLock]:
        visible = self._visible[int(row[0] or 0)]
        if visible is None:
            return ()
        return [HeldLock(visible.relation, LockMode.from_catalog(mode)) for mode in (row[1] or "").split(",")]

    def _name_of_new(self, row: Row) -> QualifiedName | None:
        oid, schema, name = int(row[0] or 0), row[5], row[6]
        if schema is None or name is None or oid <= self._newest or oid in self._created:
            return None
        self._created.add(oid)
        return QualifiedName(schema, name)

    def _rewritten(self, row: Row) -> Relation | None:
        visible = self._visible[int(row[0] or 0)]
        if visible is None or row[2] is None or int(row[2]) == visible.relfilenode:
            return None
        visible.relfilenode = int(row[2])
        return visible.relation

    def _scan(self, row: Row, counted: dict[int, tuple[int, int]]) -> Scan | None:
        oid, scans, read = (int(row[column] or 0) for column in (0, 3, 4))
        scans_before, read_before = counted.get(oid, (0, 0))
        counted[oid] = (scans, read)
        visible = self._visible[oid]
        if visible is None or not visible.relation.is_table or scans <= scans_before:
            return None
        return Scan(visible.relation, read - read_before)


def _relation(row: asyncpg.Record) -> Relation:
    table = QualifiedName(row["table_schema"], row["table_name"]) if row["table_name"] else None
    return Relation(row["oid"], QualifiedName(row["schema"], row["name"]), row["kind"], table)


def _in_order(locks: Iterable[HeldLock]) -> tuple[HeldLock, ...]:
    return tuple(sorted(locks, key=lambda lock: (lock.relation.name, lock.mode)))
