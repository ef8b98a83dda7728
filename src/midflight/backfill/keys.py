"""By which key the rows of a table are gone through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from midflight.pg.identifiers import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


@dataclass(frozen=True, slots=True)
class Key:
    """Columns that tell rows apart, in the order of an index."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    """As ``format_type`` writes them."""
    is_place: bool = False
    """Whether it is where the row lies (``ctid``): no index, and the row may move."""

    @property
    def sql(self) -> tuple[str, ...]:
        """The columns, quoted."""
        return self.columns if self.is_place else tuple(map(quote_identifier, self.columns))

    @property
    def as_text(self) -> str:
        """A key as the ledger holds it, as SQL."""
        return _array(f"CAST({column} AS text)" for column in self.sql)

    def given(self, parameter: str) -> str:
        """Write a row of the values that a parameter of the type ``text[]`` holds."""
        values = (f"CAST(({parameter})[{place}] AS {type_})" for place, type_ in enumerate(self.types, 1))
        return row(values)


BY_PLACE = Key(("ctid",), ("tid",), is_place=True)


@dataclass(frozen=True, slots=True)
class UniqueIndex:
    """An index by which rows can be gone through: unique, whole, of columns that are never NULL, in one direction."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    is_primary: bool


def choose_key(indexes: Iterable[UniqueIndex], changed: Collection[str]) -> Key:
    """Choose the primary key, else the shortest unique key, else the place of the rows.

    Args:
        indexes: of the table.
        changed: columns that the backfill writes: a key that changes under way would be met twice.
    """
    usable = [index for index in indexes if not set(index.columns) & set(changed)]
    best = min(usable, key=lambda index: (not index.is_primary, len(index.columns), index.columns), default=None)
    return Key(best.columns, best.types) if best else BY_PLACE


def row(values: Iterable[str]) -> str:
    """Write a row of values, which an index can compare as a whole."""
    written = tuple(values)
    return written[0] if len(written) == 1 else f"ROW({', '.join(written)})"


def _array(values: Iterable[str]) -> str:
    return f"ARRAY[{', '.join(values)}]"
