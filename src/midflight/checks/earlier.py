"""What an earlier check of a history has proven, and how much of that still holds.

A proof is kept in the cache with all that it rests upon: the files that were read for it, the folders that were listed,
the environment's variables, the server, Python and Midflight. Of a history that has only grown, or of which only the
last revisions were edited, the rest is restored, with the database as it was.
"""

from __future__ import annotations

import contextlib
import secrets
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from midflight.checks.result import Outcome
from midflight.pg.addresses import Address
from midflight.proven.identity import identity
from midflight.proven.stamps import take_stamps
from midflight.proven.store import Kept, Store
from midflight.shadow.account import server_account
from midflight.shadow.own import chosen_installation
from midflight.shadow.workspace import default_folder, open_cache

if TYPE_CHECKING:
    from collections.abc import Mapping

    from midflight.bridge.project import Revision
    from midflight.checks.request import Conditions, HistoryRequest
    from midflight.checks.result import RevisionResult
    from midflight.proven.reading import Reading
    from midflight.proven.stamps import Stamps
    from midflight.shadow.choice import Installation
    from midflight.shadow.shadow import ServerFacts
    from midflight.shadow.workspace import Cache


@dataclass(frozen=True, slots=True)
class Left:
    """A database that a walk has left behind in order."""

    database: str
    applied: int
    """How many revisions of the history it holds, from the first on."""
    filled: frozenset[int] = frozenset()
    """Its tables (OIDs) that hold synthetic rows."""


@dataclass(frozen=True, slots=True)
class Proven:
    """What a check has proven of a history."""

    history: tuple[Revision, ...]
    heads: tuple[str, ...]
    results: Mapping[str, RevisionResult]
    """By the revision's id, as they came, before anything of them is allowed."""
    left: Left | None
    """Its database; None where no other check can go on from it."""
    server: ServerFacts
    subject: str
    notes: tuple[str, ...]
    tables: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """What each revision touches that says it prepares for a contract, by its id."""


NOTHING_BEFORE = 0


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier proof, with what has changed since."""

    proven: Proven
    stamps: Stamps
    changed: frozenset[str]
    data: Path
    """The data directory of the server that holds its database."""

    @property
    def is_unchanged(self) -> bool:
        """Whether all that it rests upon is as it was, and every revision passed."""
        return not self.changed and all(
            has_passed(self.proven.results, revision.id) for revision in self.proven.history
        )

    def holds_for(self, history: tuple[Revision, ...], wanted: frozenset[str]) -> int:
        """Return how many revisions, from the first on, need not be proven again; 0 where it is of no use."""
        holds = unchanged_revisions(self.proven, self.changed, history)
        results = self.proven.results
        unproven = (number for number, revision in enumerate(history[:holds]) if not has_passed(results, revision.id))
        holds = min((number for number in unproven if history[number].id in wanted), default=holds)
        return holds if self.proven.left and holds >= self.proven.left.applied else NOTHING_BEFORE

    @property
    def may_hold(self) -> bool:
        """Whether enough of the history as it was is unchanged for a check to go on from its database."""
        return self.holds_for(self.proven.history, frozenset()) > NOTHING_BEFORE


def has_passed(results: Mapping[str, RevisionResult], id_: str) -> bool:
    """Tell whether a revision was proven and passed: one that failed is proven again, who knows why it failed."""
    result = results.get(id_)
    return result is not None and result.outcome is Outcome.PASSED


def unchanged_revisions(proven: Proven, changed: frozenset[str], history: tuple[Revision, ...]) -> int:
    """Return how many revisions from the first on are as they were proven.

    Whatever else has changed may change what any of them does: then it is none.
    """
    files = {str(revision.path) for revision in proven.history}
    folders = {str(revision.path.parent) for revision in proven.history}
    if changed - files - folders:
        return NOTHING_BEFORE
    number = 0
    for before, now in zip(proven.history, history, strict=False):
        if before != now or str(now.path) in changed:
            break
        number += 1
    return number


class Keeper:
    """Recalls what was proven of one project under the same conditions, and keeps what is proven now."""

    def __init__(self, cache: Cache, store: Store, identity_now: str) -> None:
        self._cache = cache
        self._store = store
        self._identity = identity_now
        self._began = time.time_ns()

    def recall(self) -> Earlier | None:
        """Return the earlier proof, where there is one."""
        kept = self._store.recall(self._identity)
        if kept is None or not isinstance(kept.proof, Proven):
            return None
        return Earlier(kept.proof, kept.stamps, kept.stamps.changed(), self._store.data(kept))

    def kept(self, proven: Proven, reading: Reading, earlier: Earlier | None) -> Kept | None:
        """Put a proof together with what it rests upon; None where that has changed meanwhile."""
        stamps = take_stamps(reading.all_files(), reading.folders, leave_out=str(self._cache.folder))
        if earlier is not None:
            stamps = earlier.stamps.joined(stamps)
        if stamps.newest() >= self._began:  # which content was read, before or after, nobody knows
            return None
        same = earlier is not None and proven.left is earlier.proven.left
        return Kept(stamps, earlier.data.name if earlier and same else f"data-{secrets.token_hex(4)}", proven)

    async def keep_beside(self, kept: Kept) -> None:
        """Keep it, with the data directory of the proof before."""
        with contextlib.suppress(OSError):  # a full disk costs the next check some time, not this one its result
            await self._store.keep_beside(self._identity, kept)

    async def keep(self, kept: Kept, data: Path) -> None:
        """Keep it, with the data directory of a server that has stopped."""
        with contextlib.suppress(OSError):  # as above
            await self._store.keep(self._identity, kept, data)


async def keeper_of(request: HistoryRequest) -> Keeper | None:
    """Return who remembers for this request; None where nobody shall, or the server is not ours to copy.

    Raises:
        ShadowError: where no server can be had.
    """
    conditions = request.conditions
    if isinstance(conditions.choice.where, Address) or not conditions.cache:
        return None
    cache = open_cache(default_folder(), server_account())
    installation = await chosen_installation(conditions.choice, cache)
    names = (str(Path.cwd()), *_source(request), conditions.baseline or "", installation.name)
    now = identity((*names, *_said(conditions), *_of_machine(installation)))
    return Keeper(cache, Store(cache, names), now)


def _of_machine(installation: Installation) -> tuple[str, ...]:
    """Tell one build of the machine's server from another of the same version; the embedded one is as its wheel is."""
    if installation.origin == "embedded":
        return ()
    facts = (installation.programs / "postgres").stat()
    return (str(installation.programs), f"{facts.st_size} {facts.st_mtime_ns}")


def _source(request: HistoryRequest) -> tuple[str, ...]:
    return (str(request.source.config), request.source.section, *request.source.x)


def _said(conditions: Conditions) -> tuple[str, ...]:
    return (str(conditions.folder), *conditions.roles, *sorted(conditions.hazards.ids))
