"""What rows lost between two readings, as plain data."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from midflight.pg.identifiers import QualifiedName

Digest: TypeAlias = int
"""Stands for one value: equal values have equal digests, and none tells what it stands for."""

Row: TypeAlias = "Mapping[str, Digest]"
"""The digests of one row by column. A column that holds NULL is not in it."""


@dataclass(frozen=True, slots=True)
class TableContents:
    """What one table holds."""

    key: tuple[str, ...]
    """The columns of its primary key; empty where it has none."""
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Contents:
    """What tables hold at one moment; a table that does not exist is not in it."""

    tables: Mapping[QualifiedName, TableContents]


LossKind: TypeAlias = Literal["gone", "nulled", "changed"]
"""``gone``: whole rows are no longer there. ``nulled``: values are NULL now, or their column is not there.
``changed``: there are other values in their place."""


@dataclass(frozen=True, slots=True)
class Loss:
    """What one table lost in one way."""

    table: QualifiedName
    columns: tuple[str, ...]
    """In the order of their names; empty where whole rows are gone."""
    rows: int
    kind: LossKind


class _ColumnLoss(NamedTuple):
    kind: LossKind
    rows: int


def losses(before: Contents, after: Contents) -> tuple[Loss, ...]:
    """Tell what was there before and is not after, table by table.

    New tables, columns, rows, and values where there was NULL, are no losses. Rows are matched by their primary key
    where that is the same before and after; otherwise the values of each column are compared, in any order.
    """
    return tuple(
        loss
        for table in sorted(before.tables)
        for loss in _losses_of(table, before.tables[table], after.tables.get(table, TableContents((), ())))
    )


def _losses_of(table: QualifiedName, before: TableContents, after: TableContents) -> Iterator[Loss]:
    matched = _matched(before, after)
    if matched is None:
        gone = max(0, len(before.rows) - len(after.rows))
        lost = _lost_values(before.rows, after.rows, gone)
    else:
        gone = len(before.rows) - len(matched)
        lost = _lost_in_pairs(matched)
    if gone:
        yield Loss(table, (), gone, "gone")
    grouped: dict[_ColumnLoss, list[str]] = {}
    for column in sorted(lost):
        grouped.setdefault(lost[column], []).append(column)
    for (kind, rows), columns in grouped.items():
        yield Loss(table, tuple(columns), rows, kind)


def _matched(before: TableContents, after: TableContents) -> list[tuple[Row, Row]] | None:
    """Pair the rows of the same key; None where keys cannot tell, since they are others now or there are none."""
    if not before.key or before.key != after.key:
        return None
    now = {_key(row, after.key): row for row in after.rows}
    pairs = [(row, now[key]) for row in before.rows if (key := _key(row, before.key)) in now]
    keys_are_new = not pairs and bool(before.rows) and len(after.rows) >= len(before.rows)
    return None if keys_are_new else pairs


def _key(row: Row, columns: Sequence[str]) -> tuple[Digest | None, ...]:
    return tuple(row.get(column) for column in columns)


def _lost_in_pairs(pairs: Sequence[tuple[Row, Row]]) -> dict[str, _ColumnLoss]:
    nulled: Counter[str] = Counter()
    changed: Counter[str] = Counter()
    for was, is_ in pairs:
        for column, digest in was.items():
            if column not in is_:
                nulled[column] += 1
            elif is_[column] != digest:
                changed[column] += 1
    return {
        column: _ColumnLoss("changed" if changed[column] else "nulled", nulled[column] + changed[column])
        for column in nulled | changed
    }


def _lost_values(before: Sequence[Row], after: Sequence[Row], gone: int) -> dict[str, _ColumnLoss]:
    """Compare each column's values as multisets; what went with ``gone`` rows is told by them."""
    found: dict[str, _ColumnLoss] = {}
    for column in dict.fromkeys(column for row in before for column in row):
        was, is_ = _values(before, column), _values(after, column)
        missing = (was - is_).total() - gone
        if missing > 0:
            found[column] = _ColumnLoss("nulled" if is_.total() < was.total() - gone else "changed", missing)
    return found


def _values(rows: Sequence[Row], column: str) -> Counter[Digest]:
    return Counter(row[column] for row in rows if column in row)
