"""The journal: what was applied, when, by whom, with which waits and retries.

A row is written as ``started`` by a connection of its own, so that it is there whatever becomes of the work. It turns
``done`` in the transaction of the work itself where that has one: so a row that says so is true, after any crash.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import os
import socket
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from midflight import __version__
from midflight.errors import DatabaseError
from midflight.runner.sql_files import load_sql

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from midflight.runner.course import Course
    from midflight.runner.events import Blocker
    from midflight.runner.session import Session
    from midflight.runner.watch import Watch

SCHEMA = "midflight"
MAKE_TRIES = 10
"""More than there are statements that make it: each that collides with another deployer's is done after that."""
_TABLES = load_sql("journal")
THERE = "SELECT to_regclass('midflight.journal') IS NOT NULL"
"""Whether there is a journal."""
_START = """
INSERT INTO midflight.journal
    (run, version_table, revision, direction, attempt, step, says, hash, state, operator, midflight_version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'started', $9, $10) RETURNING id
"""
_FINISH = """
UPDATE midflight.journal SET state = :state, finished_at = clock_timestamp(), waited_ms = :waited, tries = :tries,
    blockers = CAST(:blockers AS jsonb)
WHERE id = :id
"""
_FAIL = "UPDATE midflight.journal SET state = $2, finished_at = clock_timestamp() WHERE id = $1 AND state = 'started'"
_CLOSE = """
UPDATE midflight.journal SET state = $3, finished_at = clock_timestamp()
WHERE run = $1 AND revision = $2 AND step IS NOT NULL AND state = 'started'
"""
_DONE_STEPS = """
SELECT step.step, step.hash
FROM midflight.journal AS step JOIN midflight.journal AS attempt ON attempt.id = step.attempt
WHERE attempt.version_table = $1 AND attempt.revision = $2 AND attempt.direction = $3
    AND step.state = 'done' AND attempt.state <> 'done'
    AND attempt.id > (
        SELECT coalesce(max(id), 0) FROM midflight.journal
        WHERE version_table = $1 AND revision = $2 AND step IS NULL AND state = 'done'
    )
"""
"""Of the attempts since the revision was last finished, in either direction."""
_INTERRUPTED = """
UPDATE midflight.journal SET state = 'failed' WHERE version_table = $1 AND run <> $2 AND state = 'started'
"""
"""What runs that were killed have begun; when it ended nobody knows."""
APPLIED = """
SELECT DISTINCT ON (revision) revision, direction, hash FROM midflight.journal
WHERE version_table = $1 AND step IS NULL AND state = 'done' ORDER BY revision, finished_at DESC
"""
"""What was done last with each revision of a version table, and the hash of its file."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A row that was begun."""

    id: int


class Journal:
    """Writes what happens to one version table."""

    def __init__(self, watch: Watch, version_table: str) -> None:
        """Make the table where it is not there yet.

        Raises:
            DatabaseError: where it may not be made; the hint says what an administrator can do.
        """
        self._watch = watch
        self._version_table = version_table
        self._run = uuid.uuid4()
        self._operator = operator()
        if not watch.fetch(THERE)[0][0]:
            self._make()
        watch.fetch(_INTERRUPTED, version_table, self._run)

    def start(self, revision: str, direction: str, hash_: str, note: str | None = None) -> Entry:
        """Write that a revision begins, and what should be known of how it came to be applied."""
        return self._start(revision, direction, None, None, note, hash_)

    def start_step(self, attempt: Entry, course: Course, says: str, hash_: str) -> Entry:
        """Write that a step of it begins."""
        return self._start(course.revision, course.direction, attempt.id, course.place, says, hash_)

    def _start(self, revision: str, direction: str, *of_step: int | str | None) -> Entry:
        values = (self._run, self._version_table, revision, direction, *of_step, self._operator, __version__)
        return Entry(self._watch.fetch(_START, *values)[0][0])

    def finish(
        self,
        session: Session,
        entry: Entry,
        *,
        state: Literal["done", "skipped"] = "done",
        waited: float = 0.0,
        tries: int = 1,
        blockers: Sequence[Blocker] = (),
    ) -> None:
        """Write that it is done, in the transaction of the work."""
        session.fetch(
            _FINISH + " RETURNING id",
            id=entry.id,
            state=state,
            waited=int(waited * 1000),
            tries=tries,
            blockers=json.dumps([str(blocker) for blocker in blockers]),
        )

    def fail(self, entry: Entry, state: Literal["failed", "retried"] = "failed") -> None:
        """Write that it did not succeed, if the server can still be told."""
        if self._watch.is_alive:
            self._watch.fetch(_FAIL, entry.id, state)

    def take_back(self, revision: str, state: Literal["failed", "retried"]) -> None:
        """Write that the steps of a revision whose transaction was rolled back are not done."""
        if self._watch.is_alive:
            self._watch.fetch(_CLOSE, self._run, revision, state)

    def done_steps(self, revision: str, direction: str) -> frozenset[tuple[int, str]]:
        """Return the steps, each with its hash, that earlier and unfinished tries of a revision have done for good."""
        rows = self._watch.fetch(_DONE_STEPS, self._version_table, revision, direction)
        return frozenset((row[0], row[1]) for row in rows)

    def applied(self) -> dict[str, str]:
        """Return the hash of each revision's file as it was when it was applied."""
        rows = self._watch.fetch(APPLIED, self._version_table)
        return {row[0]: row[2] for row in rows if row[1] == "upgrade"}

    def _make(self) -> None:
        for left in reversed(range(MAKE_TRIES)):
            try:
                self._send()
            except DatabaseError as error:
                if left:  # the deployer of another version table may have made the same at the same moment
                    continue
                raise DatabaseError(
                    f"the journal cannot be made: {error}",
                    hint="let an administrator run CREATE SCHEMA midflight AUTHORIZATION <the role that migrates>, or "
                    "set journal = false, without which an interrupted revision may have to be mended by hand",
                ) from error
            else:
                return

    def _send(self) -> None:
        if not self._watch.fetch("SELECT to_regnamespace('midflight') IS NOT NULL")[0][0]:
            self._watch.fetch("CREATE SCHEMA midflight")
        for statement in _TABLES.split(";\n"):
            if statement.strip():
                self._watch.fetch(statement)


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a revision's file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def operator() -> str:
    """Return who runs this, as user@host."""
    try:
        user = os.environ.get("MIDFLIGHT_OPERATOR") or getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid())  # a container may know no name for it
    return f"{user}@{socket.gethostname()}"
