"""Where revisions and the lines between them stand in a drawing of the history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Edge:
    """A line from a revision down to one that builds on it."""

    parent: int
    """The parent's row, from 0."""
    child: int
    lane: int
    """The lane in which the line runs between the two, from 0."""


@dataclass(frozen=True, slots=True)
class Lanes:
    """A history, a row for each revision."""

    nodes: tuple[int, ...]
    """The lane of each row's revision."""
    edges: tuple[Edge, ...]

    @property
    def width(self) -> int:
        """How many lanes there are."""
        return max((*self.nodes, *(edge.lane for edge in self.edges)), default=-1) + 1


def lay_out(parents: Sequence[Sequence[int]]) -> Lanes:
    """Give each revision and each line a lane; no two lines share one at the same row.

    Args:
        parents: for each row the rows on which it builds, which are all above it.
    """
    children: list[list[int]] = [[] for _ in parents]
    for child, above in enumerate(parents):
        for row in above:
            children[row].append(child)
    nodes: list[int] = []
    edges: list[Edge] = []
    running: dict[int, Edge] = {}
    for row, below in enumerate(children):
        arriving = sorted(lane for lane, edge in running.items() if edge.child == row)
        node = arriving[0] if arriving else _free(running)
        running = {lane: edge for lane, edge in running.items() if edge.child != row}
        nodes.append(node)
        for child in below:
            lane = _free(running) if node in running else node
            running[lane] = Edge(row, child, lane)
            edges.append(running[lane])
    return Lanes(tuple(nodes), tuple(edges))


def _free(running: dict[int, Edge]) -> int:
    return next(lane for lane in range(len(running) + 1) if lane not in running)
