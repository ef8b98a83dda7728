"""The names of columns, indexes and constraints that are to take the places of others."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from midflight.operations.change_name import fitting

if TYPE_CHECKING:
    from collections.abc import Mapping

_SUFFIX = "__new"


def temporary_name(name: str) -> str:
    """Name what has the name of another one in the end; a long name is cut and stays unique."""
    return fitting(name + _SUFFIX)


def final_name(name: str, columns: Mapping[str, str]) -> str:
    """Return what an index or constraint over the new columns is called in the end.

    Where a column gets another name for good, that stands in the place of the old one: ``ix_users_name`` becomes
    ``ix_users_full_name``. Where it is a temporary one, the name stays.
    """
    renamed = {old: new for old, new in columns.items() if new != temporary_name(old)}
    if not renamed:
        return name
    words = "|".join(map(re.escape, sorted(renamed, key=len, reverse=True)))
    return fitting(re.sub(rf"(?<![^\W_])(?:{words})(?![^\W_])", lambda found: renamed[found[0]], name))


def built_name(name: str, columns: Mapping[str, str]) -> str:
    """Return what it is called as long as the old one is there."""
    final = final_name(name, columns)
    return temporary_name(name) if final == name else final
