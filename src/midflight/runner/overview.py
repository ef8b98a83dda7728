"""What a live database looks like to someone who wants to migrate it: leftovers, and who stands in the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from midflight.pg.identifiers import QualifiedName
from midflight.pg.locks import LockMode
from midflight.runner.deployer import lock_key
from midflight.runner.live import version_of
from midflight.runner.sql_files import load_sql
from midflight.sql.constants import without_constants

if TYPE_CHECKING:
    import asyncpg

    from midflight.pg.versions import Version

SHOWN = 50
"""Sessions of a kind that are told at most."""
OLD_XMIN = 100_000
"""Transactions by which somebody holds back VACUUM before it is told, where we cannot see since when."""
_HIDDEN = "<insufficient privilege>"
"""What ``pg_stat_activity.query`` says of sessions of which we may see no more."""

_WAITED_FOR = {
    "transactionid": "the end of a transaction that has changed the same row",
    "virtualxid": "the end of a transaction",
    "advisory": "an advisory lock",
}


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody at work in the database."""

    pid: int | None
    """None for a prepared transaction, which is no session any more."""
    user: str | None
    application: str | None
    state: str | None
    """As ``pg_stat_activity.state``, or ``prepared``; None where we may not see it."""
    seconds: float | None
    """Since its transaction began; None where it has none, or we may not see it."""
    xmin_age: int | None
    """By how many transactions it holds back VACUUM; None where it does not."""
    statement: str | None
    """What it runs, or ran last, without constants; None where we may not see it."""


@dataclass(frozen=True, slots=True)
class LockWait:
    """Somebody who waits for a lock."""

    session: Session
    seconds: float | None
    mode: str
    """As ``LOCK TABLE`` spells it."""
    table: str | None
    """None where it is no lock on a table or on a row of it."""
    waits_for: str
    """The same for a person, such as ``SHARE on orders`` or ``the end of a transaction``."""
    blockers: tuple[Session, ...]


@dataclass(frozen=True, slots=True)
class Build:
    """An index build that is under way."""

    pid: int
    phase: str | None
    percent: float | None


@dataclass(frozen=True, slots=True)
class InvalidIndex:
    """An index that no query uses, though every write keeps it up."""

    name: QualifiedName
    table: QualifiedName
    bytes: int
    build: Build | None
    """None where nobody builds it: it was left behind."""


@dataclass(frozen=True, slots=True)
class UnvalidatedConstraint:
    """A constraint that is NOT VALID: rows from before it may violate it."""

    table: QualifiedName
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Overview:
    """What was seen at one moment."""

    version: Version
    sees_all: bool
    """Whether sessions of other users could be seen: ``pg_read_all_stats``."""
    invalid_indexes: tuple[InvalidIndex, ...]
    unvalidated: tuple[UnvalidatedConstraint, ...]
    waits: tuple[LockWait, ...]
    transactions: tuple[Session, ...]
    """Those that are long, or hold back VACUUM."""


async def read_overview(connection: asyncpg.Connection, *, long_seconds: float) -> Overview:
    """Look at everything; nothing is changed.

    Args:
        connection: in a transaction.
        long_seconds: from which age on a transaction is told.
    """
    transactions = await connection.fetch(load_sql("long_transactions"), long_seconds, OLD_XMIN, SHOWN)
    return Overview(
        version=version_of(connection),
        sees_all=await connection.fetchval("SELECT pg_has_role('pg_read_all_stats', 'USAGE')"),
        invalid_indexes=tuple(_index(row) for row in await connection.fetch(load_sql("invalid_indexes"))),
        unvalidated=tuple(
            UnvalidatedConstraint(QualifiedName(row["schema"], row["table_name"]), row["name"], row["kind"])
            for row in await connection.fetch(load_sql("unvalidated_constraints"))
        ),
        waits=await _waits(connection),
        transactions=tuple(_session(row) for row in transactions),
    )


async def read_deployer(connection: asyncpg.Connection, version_table: str) -> Session | None:
    """Return who is applying revisions at this moment; None where nobody is."""
    row = await connection.fetchrow(load_sql("deployer"), *lock_key(version_table))
    if row is None:
        return None
    return Session(row["pid"], row["usename"], row["application_name"] or None, row["state"], row["age"], None, None)


async def _waits(connection: asyncpg.Connection) -> tuple[LockWait, ...]:
    rows = await connection.fetch(load_sql("lock_waits"), SHOWN)
    pids = {row["pid"] for row in rows} | {pid for row in rows for pid in row["blockers"]}
    found = await connection.fetch(load_sql("sessions"), sorted(pids)) if pids else []
    sessions = {row["pid"]: _session(row) for row in found}
    return tuple(
        LockWait(
            session=sessions[row["pid"]],
            seconds=row["waited"],
            mode=_mode(row["mode"]),
            table=str(QualifiedName(row["schema"], row["name"])) if row["name"] else None,
            waits_for=_waited_for(row),
            blockers=tuple(sessions.get(pid, _gone(pid)) for pid in row["blockers"]),
        )
        for row in rows
        if row["pid"] in sessions  # else it has just ended
    )


def _gone(pid: int) -> Session:
    """Stand in for a blocker that is no session: a prepared transaction blocks as process 0."""
    return Session(pid or None, None, None, None if pid else "prepared", None, None, None)


def _session(row: asyncpg.Record) -> Session:
    query = row["query"]
    return Session(
        pid=row["pid"],
        user=row["user"],
        application=row["application"] or None,
        state=row["state"],
        seconds=row["seconds"],
        xmin_age=row["xmin_age"],
        statement=without_constants(query) if query and query != _HIDDEN else None,
    )


def _index(row: asyncpg.Record) -> InvalidIndex:
    return InvalidIndex(
        QualifiedName(row["schema"], row["name"]),
        QualifiedName(row["table_schema"], row["table_name"]),
        row["bytes"],
        Build(row["builder"], row["phase"], row["percent"]) if row["builder"] else None,
    )


def _mode(name: str) -> str:
    try:
        return LockMode.from_catalog(name).label
    except KeyError:  # SIReadLock, and what later versions may add
        return name


def _waited_for(row: asyncpg.Record) -> str:
    if row["name"] is None:
        return _WAITED_FOR.get(row["locktype"], f"a lock of the type {row['locktype']}")
    table = str(QualifiedName(row["schema"], row["name"]))
    return f"a row of {table}" if row["locktype"] == "tuple" else f"{_mode(row['mode'])} on {table}"
