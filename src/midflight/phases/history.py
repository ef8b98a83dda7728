"""A history of revisions as far as phases matter: what builds upon what, and what is of which phase."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from midflight.operations.phase import Phase

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Node:
    """One revision."""

    id: str
    phase: Phase
    upon: tuple[str, ...]
    """The revisions on which it builds or depends."""


@dataclass(frozen=True, slots=True)
class History:
    """All revisions, by their ids."""

    nodes: Mapping[str, Node]

    @classmethod
    def of(cls, nodes: Iterable[Node]) -> History:
        """Make a history of its revisions."""
        return cls({node.id: node for node in nodes})

    @property
    def has_contracts(self) -> bool:
        """Whether any revision is of the contract phase."""
        return any(node.phase is Phase.CONTRACT for node in self.nodes.values())

    def contracts(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Return those of the revisions that are of the contract phase, in the order given."""
        return tuple(id_ for id_ in ids if self.nodes[id_].phase is Phase.CONTRACT)

    def left_by_expand(self, way: Iterable[str]) -> frozenset[str]:
        """Return what an expand phase leaves of a way: its contract revisions, and what builds upon them.

        Args:
            way: ids, each behind those on which it builds.
        """
        left: set[str] = set()
        for id_ in way:
            node = self.nodes[id_]
            if node.phase is Phase.CONTRACT or not left.isdisjoint(node.upon):
                left.add(id_)
        return frozenset(left)

    def ancestors(self, id_: str) -> frozenset[str]:
        """Return a revision and all on which it builds or depends."""
        found, open_ = {id_}, [id_]
        while open_:
            new = [other for other in self.nodes[open_.pop()].upon if other not in found]
            found.update(new)
            open_ += new
        return frozenset(found)
