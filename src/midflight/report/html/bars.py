"""What a timeline of locks shows: which lock was held on which table from when to when."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from midflight.report.words import is_as_strong, relation_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from midflight.pg.locks import LockMode
    from midflight.trace.record import Relation, TracedStatement


class Waiting(enum.Enum):
    """Which queries wait for a lock."""

    NONE = "reads and writes go on"
    WRITES = "writes wait"
    ALL = "reads and writes wait"


@dataclass(frozen=True, slots=True)
class Run:
    """A statement while it ran."""

    start: float
    """Seconds from the beginning of the first statement, as all times here."""
    end: float
    failed: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """A lock, from the statement that took it to the end of its transaction."""

    table: str
    mode: LockMode
    statement: int
    """The statement's index, from 0."""
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Transaction:
    """A transaction of a revision."""

    number: int
    autocommit: bool
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """One revision's transactions and locks."""

    seconds: float
    """From the beginning of the first statement to the end of the last one and of the last lock."""
    runs: tuple[Run, ...]
    transactions: tuple[Transaction, ...]
    bars: tuple[Bar, ...]

    @property
    def lines(self) -> dict[str, tuple[tuple[Bar, ...], ...]]:
        """The bars of each mode for each table, in the order in which they were first locked."""
        lines: dict[str, dict[LockMode, list[Bar]]] = {}
        for bar in self.bars:
            lines.setdefault(bar.table, {}).setdefault(bar.mode, []).append(bar)
        return {table: tuple(tuple(bars) for bars in modes.values()) for table, modes in lines.items()}


def waiting(mode: LockMode) -> Waiting:
    """Say which queries wait for a lock of this mode."""
    if mode.blocks_reads:
        return Waiting.ALL
    return Waiting.WRITES if mode.blocks_writes else Waiting.NONE


def timeline_of(statements: Sequence[TracedStatement]) -> Timeline:
    """Lay out what a revision's statements locked; what it did before the first one is left out.

    A lock on an index counts for its table: a query locks the indexes of its table with it. A lock that another one
    of the same transaction makes irrelevant is left out.
    """
    first = min((statement.started for statement in statements), default=0.0)
    moved = [replace(statement, started=statement.started - first) for statement in statements]
    return Timeline(
        seconds=max((_end(statement) for statement in moved), default=0.0),
        runs=tuple(Run(one.started, one.started + one.seconds, failed=one.error is not None) for one in moved),
        transactions=_transactions(moved),
        bars=tuple(_bars(moved)),
    )


def _transactions(statements: Sequence[TracedStatement]) -> tuple[Transaction, ...]:
    numbers = sorted({statement.transaction for statement in statements})
    return tuple(_transaction(number, [one for one in statements if one.transaction == number]) for number in numbers)


def _transaction(number: int, statements: Sequence[TracedStatement]) -> Transaction:
    start = min(statement.started for statement in statements)
    return Transaction(number, statements[0].autocommit, start, max(_end(statement) for statement in statements))


def _end(statement: TracedStatement) -> float:
    """Return when it had ended and its locks were free."""
    return statement.started + max(statement.seconds, statement.held_seconds)


def _bars(statements: Iterable[TracedStatement]) -> Iterator[Bar]:
    held: dict[tuple[int, str], list[LockMode]] = {}
    for index, statement in enumerate(statements):
        for lock in sorted(statement.locks_taken, key=lambda lock: -lock.mode):
            table = _table(lock.relation)
            modes = held.setdefault((statement.transaction, table), [])
            if not any(is_as_strong(mode, lock.mode) for mode in modes):
                modes.append(lock.mode)
                yield Bar(table, lock.mode, index, statement.started, _end(statement))


def _table(relation: Relation) -> str:
    return relation_name(relation) if relation.table is None else str(relation.table)
