"""Counts and locks in words."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from midflight.pg.locks import LockMode

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from midflight.trace.record import HeldLock, Relation

WEAKEST_SHOWN = LockMode.SHARE_UPDATE_EXCLUSIVE
NAMES_SHOWN = 8

_NOUNS = {"i": "index", "I": "index", "S": "sequence", "v": "view", "m": "materialized view", "f": "foreign table"}
_TOAST = "t"


def counted(number: int, noun: str) -> str:
    """Write a number with its noun, such as ``1 revision`` or ``2 revisions``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def relation_name(relation: Relation) -> str:
    """Name a relation for a person, such as ``orders`` or ``index ix_orders_date of orders``."""
    noun = _NOUNS.get(relation.kind)
    name = f"{noun} {relation.name}" if noun else str(relation.name)
    return f"{name} of {relation.table}" if relation.table and noun == "index" else name


def relation_names(relations: Iterable[Relation]) -> str:
    """List relations once each, TOAST tables left out; a long list ends in a count."""
    names = list(dict.fromkeys(relation_name(relation) for relation in relations if relation.kind != _TOAST))
    shown = ", ".join(names[:NAMES_SHOWN])
    return f"{shown} and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else shown


def without_own_indexes(relations: Sequence[Relation]) -> tuple[Relation, ...]:
    """Leave out indexes whose table is among the relations too."""
    names = {relation.name for relation in relations}
    return tuple(relation for relation in relations if relation.table not in names)


def disturbing(locks: Iterable[HeldLock], beside: Iterable[HeldLock] = ()) -> tuple[HeldLock, ...]:
    """Leave out modes that ordinary reading and writing takes too, and locks that another one makes irrelevant.

    Args:
        locks: those to choose from.
        beside: others that are held at the same time.
    """
    strong = [lock for lock in locks if lock.mode >= WEAKEST_SHOWN]
    others = [*strong, *beside]
    return tuple(lock for lock in strong if not any(_covers(other, lock) for other in others))


def _covers(lock: HeldLock, other: HeldLock) -> bool:
    """Tell whether a lock keeps out all that another one would, on the same relation or on an index of it."""
    if lock.relation.name == other.relation.name:
        return lock.mode != other.mode and is_as_strong(lock.mode, other.mode)
    return lock.relation.name == other.relation.table and is_as_strong(lock.mode, other.mode)


def is_as_strong(mode: LockMode, other: LockMode) -> bool:
    """Tell whether a mode keeps out all that another one would."""
    return all(mode.conflicts_with(third) for third in LockMode if other.conflicts_with(third))


def lock_phrases(locks: Sequence[HeldLock]) -> tuple[str, ...]:
    """Say each mode with its relations and who waits for it, strongest first: ``SHARE on orders: writes wait``."""
    ordered = sorted(locks, key=lambda lock: -lock.mode)
    phrases = []
    for mode, group in groupby(ordered, key=lambda lock: lock.mode):
        names = relation_names(lock.relation for lock in group)
        if names:
            phrases.append(f"{mode.label} on {names}{_who_waits(mode)}")
    return tuple(phrases)


def _who_waits(mode: LockMode) -> str:
    """Say what the lock stops; the source is the manual's table of conflicting modes (see ``pg.locks``)."""
    if mode.blocks_reads:
        return ": reads and writes wait"
    if mode.blocks_writes:
        return ": writes wait"
    if mode is LockMode.SHARE_UPDATE_EXCLUSIVE:
        return ": other schema changes and VACUUM wait"
    return ""
