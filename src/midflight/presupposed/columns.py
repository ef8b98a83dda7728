"""Columns that were there before, and what the statements tell of their types."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

UNKNOWN = "text"
"""The type of a column of which nothing is told: most literals and most functions accept it."""


class Weight(IntEnum):
    """How much a hint at a type is worth."""

    PRESUMED = 0
    """Nothing tells the type but that another one follows; see ``changed_types``."""
    USE = 1
    """What an operator or a function mostly takes."""
    VALUE = 2
    """A value that the column is compared with, or given."""
    TOLD = 3
    """A type that is written down: a cast, or the other side of a foreign key."""


@dataclass(eq=False, slots=True)
class Column:
    """A column while the statements are read. Those that must have one type share their hints."""

    name: str
    made: str | None = None
    """Its type where the files define it themselves; None where it is presumed."""
    hints: list[tuple[Weight, str]] = field(default_factory=list)
    not_null: bool = False
    has_default: bool = False
    """Whether it must have had a default, since a statement drops it."""
    gets_default: bool = False
    """Whether a statement has given it one."""
    identity: bool = False
    likely_key: bool = False
    """Whether it is called as keys mostly are."""
    same: Column | None = None
    """The column whose hints are also its own."""

    def first(self) -> Column:
        """The column that holds the hints of all that share them."""
        return self if self.same is None else self.same.first()

    def hint(self, type_: str | None, weight: Weight) -> None:
        """Take note of a type that it may have."""
        if type_ is not None and self.made is None:
            self.first().hints.append((weight, type_))

    def join(self, other: Column) -> None:
        """Take note that both have one type."""
        if self.made is not None or other.made is not None:
            self.hint(other.made, Weight.VALUE)
            other.hint(self.made, Weight.VALUE)
            return
        mine, others = self.first(), other.first()
        if mine is not others:
            mine.hints += others.hints
            mine.likely_key = mine.likely_key or others.likely_key
            others.same = mine

    @property
    def is_guessed(self) -> bool:
        """Whether nothing tells its type but the one that it gets."""
        return self.made is None and all(weight is Weight.PRESUMED for weight, _ in self.first().hints)

    @property
    def type(self) -> str:
        """Its type: the one that the best hint tells."""
        if self.made is not None:
            return self.made
        first = self.first()
        if first.hints:
            best = max(weight for weight, _ in first.hints)
            return _widest([type_ for weight, type_ in first.hints if weight == best])
        return "bigint" if first.likely_key else UNKNOWN


_NUMBERS = ("smallint", "integer", "bigint", "numeric", "double precision")


def _widest(types: list[str]) -> str:
    """The first, but among numbers the one that can hold all the others."""
    if all(type_ in _NUMBERS for type_ in types):
        return max(types, key=_NUMBERS.index)
    return types[0]
