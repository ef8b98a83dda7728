"""From statements to sights."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from midflight.hazards.evidence import Scene, Seen, Sight
from midflight.hazards.facts import Facts
from midflight.pg.versions import NEWEST_TESTED
from midflight.sql import parse
from midflight.sql.changes import CreateIndex, CreateView, RenameTable, RenameView, TableChange

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from midflight.sql import Piece
    from midflight.sql.changes import Change
    from midflight.trace.record import TracedStatement

ALEMBICS_VERSION_TABLE = "alembic_version"

_BEGINS = frozenset({"BEGIN", "START TRANSACTION"})
_ENDS = frozenset({"COMMIT", "ROLLBACK", "PREPARE TRANSACTION"})


def look_at_trace(
    statements: Iterable[TracedStatement],
    facts: Facts | None = None,
    *,
    major: int = NEWEST_TESTED,
    version_table: str = ALEMBICS_VERSION_TABLE,
) -> tuple[Sight, ...]:
    """Return the sights of a revision that ran on a real server.

    Args:
        statements: every statement of one revision, in its order.
        facts: the tables as they were before the revision, as far as they are known.
        major: the server's major version.
        version_table: where Alembic keeps the revision; its changes are no hazard.
    """
    seen = (Seen(parse(found.sql), found.line, found.transaction, found.autocommit, found) for found in statements)
    return _sights(tuple(seen), facts or Facts(), major, version_table)


def look_at_text(
    pieces: Iterable[Piece],
    facts: Facts | None = None,
    *,
    autocommit: bool = False,
    major: int = NEWEST_TESTED,
    version_table: str = ALEMBICS_VERSION_TABLE,
) -> tuple[Sight, ...]:
    """Return the sights of SQL that nobody ran.

    Args:
        pieces: every statement of one revision or file, in its order.
        facts: the tables as they were before, as far as they are known.
        autocommit: whether each statement is a transaction of its own until a BEGIN, as psql runs a file; else all are
            one transaction until a COMMIT, as Alembic runs a revision.
        major: the major version of the server that is meant.
        version_table: where Alembic keeps the revision; its changes are no hazard.
    """
    return _sights(tuple(_in_transactions(pieces, autocommit=autocommit)), facts or Facts(), major, version_table)


def _in_transactions(pieces: Iterable[Piece], *, autocommit: bool) -> Iterator[Seen]:
    transaction, open_ = 1, not autocommit
    for piece in pieces:
        statement = parse(piece.text)
        if statement.kind in _BEGINS:
            transaction, open_ = transaction + 1, True
        yield Seen(statement, piece.line, transaction, autocommit=not open_)
        if statement.kind in _ENDS:
            open_ = not autocommit
        if not open_ or statement.kind in _ENDS:
            transaction += 1


def _sights(statements: tuple[Seen, ...], facts: Facts, major: int, version_table: str) -> tuple[Sight, ...]:
    scene = Scene(statements, facts, major, version_table, _changes_by_name(statements))
    return tuple(Sight(scene, index) for index in range(len(statements)))


def _changes_by_name(statements: tuple[Seen, ...]) -> Mapping[str, tuple[tuple[int, Change], ...]]:
    found: defaultdict[str, list[tuple[int, Change]]] = defaultdict(list)
    for index, seen in enumerate(statements):
        for change in seen.statement.changes:
            for name in _names(change):
                found[name].append((index, change))
    return {name: tuple(changes) for name, changes in found.items()}


def _names(change: Change) -> set[str]:
    names = {change.table.name} if isinstance(change, TableChange) else set()
    match change:
        case RenameTable(new_name=name) | CreateIndex(name=str(name)) | RenameView(new_name=name):
            names.add(name)
        case CreateView(view=view):
            names.add(view.name)
        case _:
            pass
    return names
