"""Hazards that installed packages add, by entry points.

https://packaging.python.org/en/latest/specifications/entry-points/
"""

from __future__ import annotations

import re
from dataclasses import replace
from types import ModuleType
from typing import TYPE_CHECKING

from midflight.errors import HazardError
from midflight.hazards.hazard import Harm, Hazard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from importlib.metadata import EntryPoint

    from midflight.hazards.evidence import Sight

_ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


def custom_hazards(entry_points: Iterable[EntryPoint], taken: frozenset[str]) -> tuple[Hazard, ...]:
    """Load the hazards that entry points name, in the order of those names.

    Args:
        entry_points: each names a hazard, several in a tuple, or a module with a ``HAZARD`` or ``HAZARDS``.
        taken: ids that they must not have.

    Raises:
        HazardError: naming the package and its entry point.
    """
    found: dict[str, Hazard] = {}
    for entry_point in sorted(entry_points, key=lambda one: (one.name, one.value)):
        source = _source(entry_point)
        for hazard in _load(entry_point, source):
            if not _ID.fullmatch(hazard.id):
                raise HazardError(f"{source}: the hazard's id {hazard.id!r} is not in kebab case")
            if hazard.id in taken or hazard.id in found:
                raise HazardError(f"{source}: there is another hazard {hazard.id!r}")
            found[hazard.id] = replace(hazard, check=_explained(hazard, source))
    return tuple(found.values())


def _source(entry_point: EntryPoint) -> str:
    package = entry_point.dist.name if entry_point.dist else "an unnamed package"
    return f"hazards of {package}, entry point {entry_point.name} = {entry_point.value}"


def _load(entry_point: EntryPoint, source: str) -> tuple[Hazard, ...]:
    try:
        value = entry_point.load()
    except (Exception, SystemExit) as error:
        raise HazardError(f"{source}: {type(error).__name__}: {error}") from error
    if isinstance(value, ModuleType):
        value = getattr(value, "HAZARDS", getattr(value, "HAZARD", None))
    hazards = value if isinstance(value, tuple) else (value,)
    if not hazards or not all(isinstance(hazard, Hazard) for hazard in hazards):
        raise HazardError(f"{source}: it holds no midflight.hazards.hazard.Hazard, nor a tuple of them")
    return hazards


def _explained(hazard: Hazard, source: str) -> Callable[[Sight], Iterator[Harm]]:
    """Let a check that fails name its package: the fault is not Midflight's."""

    def check(sight: Sight) -> Iterator[Harm]:
        try:
            harms = tuple(hazard.check(sight))
        except Exception as error:
            raise HazardError(f"{source}: {hazard.id} failed: {type(error).__name__}: {error}") from error
        if not all(isinstance(harm, Harm) for harm in harms):
            raise HazardError(f"{source}: {hazard.id} did not yield a midflight.hazards.hazard.Harm")
        yield from harms

    return check
