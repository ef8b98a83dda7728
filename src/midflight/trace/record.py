"""What was observed of one statement: plain data, which hazards and reports read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from midflight.pg.identifiers import QualifiedName
    from midflight.pg.locks import LockMode


@dataclass(frozen=True, slots=True)
class Relation:
    """A table, index, sequence, view or the like that other sessions could see when the revision began."""

    oid: int
    name: QualifiedName
    kind: str
    """As ``pg_class.relkind``: r table, p partitioned table, i index, I partitioned index, S sequence, v view,
    m materialized view, f foreign table, t TOAST table."""
    table: QualifiedName | None = None
    """For an index or a TOAST table: the table that it belongs to."""

    @property
    def is_table(self) -> bool:
        """Whether it holds rows of its own: a table, a partitioned table or a materialized view."""
        return self.kind in {"r", "p", "m"}


@dataclass(frozen=True, slots=True)
class HeldLock:
    """A lock on a relation that others can see."""

    relation: Relation
    mode: LockMode


@dataclass(frozen=True, slots=True)
class Scan:
    """A sequential scan of a relation that others can see, and the rows that it read on the shadow."""

    relation: Relation
    rows: int


@dataclass(frozen=True, slots=True)
class Sender:
    """Where a statement comes from."""

    line: int | None = None
    """The line of the revision (or SQL file); None where it cannot be told."""
    resumes: bool = False
    """Whether an operation sends it that knows what of its work is done: sent again, it goes on where it stopped."""


@dataclass(frozen=True, slots=True)
class TracedStatement:
    """One statement as PostgreSQL ran it.

    What "others can see" leaves out relations that the revision itself created, system catalogs and Alembic's version
    table.
    """

    sql: str
    line: int | None
    """The line of the revision (or SQL file) that sent it; None where it could not be told."""
    transaction: int
    """Counts the transactions of the revision from 1; a statement in autocommit is a transaction of its own."""
    autocommit: bool
    """Whether the client ran it outside of any transaction."""
    resumes: bool = False
    """Whether it comes from an operation that knows what of its work is done."""
    locks_taken: tuple[HeldLock, ...] = ()
    """Locks that this statement added to those that its transaction held already."""
    locks_held: tuple[HeldLock, ...] = ()
    """Locks that the transaction held already while the statement ran: what it does happens under them."""
    rewritten: tuple[Relation, ...] = ()
    """Relations whose storage was written anew (``pg_class.relfilenode`` changed)."""
    scanned: tuple[Scan, ...] = ()
    created: tuple[QualifiedName, ...] = ()
    """Relations that the statement created."""
    started: float = 0.0
    """Seconds from the revision's beginning."""
    seconds: float = 0.0
    held_seconds: float = 0.0
    """How long the locks it took were held: to the end of its transaction."""
    error: str | None = None
    """PostgreSQL's message where it failed."""
    sqlstate: str | None = None
    """The error's SQLSTATE where it failed."""
    unobserved: str | None = None
    """Why nothing could be observed (CONCURRENTLY cannot run in a transaction); None where it was."""
