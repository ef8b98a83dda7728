"""How a table is split into ranges, so that several workers share it and a dead one's part is soon taken over."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROWS_A_RANGE = 100_000
MOST_RANGES = 64
"""Of one table; each partition is one."""
BLOCKS_A_RANGE = 20
"""So many blocks, read here and there, tell where a range ends, within a fifth or so."""

Key = tuple[str, ...]
Bounds = tuple[Key | None, Key | None]


def ranges_wanted(rows: int) -> int:
    """Return into how many ranges a table of so many rows is split."""
    return max(1, min(rows // ROWS_A_RANGE, MOST_RANGES))


def sampled_percent(blocks: int, wanted: int) -> float:
    """Return how much of a table is read to find the bounds of its ranges."""
    return min(100.0, 100.0 * wanted * BLOCKS_A_RANGE / max(blocks, 1))


def split(ends: Sequence[Key], wanted: int) -> Iterator[Bounds]:
    """Yield the bounds of each range, in their order; the last one has no end, since new rows come there.

    Args:
        ends: keys at which a range may end, in the order of the index.
        wanted: how many ranges, where there are ends enough.
    """
    used = list(dict.fromkeys(ends))[: wanted - 1]
    yield from zip([None, *used], [*used, None], strict=True)
