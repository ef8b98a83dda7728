"""Which rows of a table share values, and which differ: the policy, as plain data."""

from __future__ import annotations

import enum
from itertools import permutations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence


class Spread(enum.Enum):
    """Which of the values found goes to which of the three rows; a value is known by its place, from 1 on."""

    SHARED = (1, 1, 2)
    """Two rows share a value, as rows of a real table do where nothing says that they must not."""
    CROSSED = (1, 2, 1)
    """Two rows share a value, but other ones: beside a SHARED column no two rows are the same."""
    DISTINCT = (1, 2, 3)


def spread_columns(
    keys: Collection[frozenset[str]],
    choices: Mapping[str, int],
    numbered: Collection[str],
    groups: Mapping[str, frozenset[str]],
) -> dict[str, Spread]:
    """Choose how the values of columns spread, so that no two rows are the same in any key.

    In a key of one column the values differ. In a larger key two columns make the difference together, and each shares
    its values with other rows, since that is what such tables look like: two lines of one order.

    Args:
        keys: the columns of each unique index and the like.
        choices: by column, how many values can be chosen from.
        numbered: columns that a sequence fills: they differ by themselves.
        groups: by column, the columns whose values are chosen at once, and so spread alike.
    """
    chosen: dict[str, Spread] = {}
    for key in sorted(keys, key=lambda key: (len(key), sorted(key))):
        columns = sorted(key & choices.keys(), key=lambda column: (-choices[column], column))
        if columns and not key.intersection(numbered) and not _differ([chosen.get(column) for column in columns]):
            for column, spread in _make_differ(columns, chosen, groups):
                chosen.update(dict.fromkeys(groups[column], spread))
    return chosen


def _differ(spreads: Collection[Spread | None]) -> bool:
    return Spread.DISTINCT in spreads or {Spread.SHARED, Spread.CROSSED} <= set(spreads)


def _make_differ(
    columns: Sequence[str], chosen: Mapping[str, Spread], groups: Mapping[str, frozenset[str]]
) -> Iterator[tuple[str, Spread]]:
    for one, other in permutations(columns, 2):
        can_cross = chosen.get(one, Spread.CROSSED) is Spread.CROSSED
        if can_cross and chosen.get(other, Spread.SHARED) is Spread.SHARED and other not in groups[one]:
            yield one, Spread.CROSSED
            yield other, Spread.SHARED
            return
    yield columns[0], Spread.DISTINCT
