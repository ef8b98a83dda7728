"""References to rows that came later: to the same table, or round a circle of tables, where NULL was the way in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from midflight.pg.identifiers import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from midflight.rows.facts import ForeignKeyFacts, TableFacts


def late_references(order: Iterable[tuple[TableFacts, ...]], unfilled: Collection[int]) -> Iterator[str]:
    """Yield the statements that let rows refer to what was filled with or after them.

    In its own table the second row refers to the first; to another table, the first row refers. The others keep NULL.
    """
    tables = [table for group in order for table in group if table.oid not in unfilled and table.partitions is None]
    waiting = {table.oid for table in tables}
    for table in tables:
        for key in table.foreign_keys:
            if key.target in waiting and not table.is_hard(key):
                yield _update(table, key)
        waiting.discard(table.oid)


def _update(table: TableFacts, key: ForeignKeyFacts) -> str:
    pairs = [
        (quote_identifier(column), quote_identifier(target), table.column(column).not_null)
        for column, target in zip(key.columns, key.target_columns, strict=True)
    ]
    columns = ", ".join(column for column, _, fixed in pairs if not fixed)
    targets = ", ".join(f"r.{target}" for _, target, fixed in pairs if not fixed)
    is_same = [f"r.{target} = t.{column}" for column, target, fixed in pairs if fixed]
    place = 1 if key.target == table.oid else 0
    row = f"SELECT ctid FROM {table.name.sql} ORDER BY ctid OFFSET {place} LIMIT 1"  # noqa: S608 -- quoted names
    condition = " AND ".join([*is_same, "r.ctid <> t.ctid" if place else "true"])
    parent = f"SELECT {targets} FROM {key.target_name.sql} AS r WHERE {condition} ORDER BY r.ctid LIMIT 1"  # noqa: S608 -- quoted names
    return f"UPDATE {table.name.sql} AS t SET ({columns}) = ({parent}) WHERE t.ctid = ({row})"  # noqa: S608 -- quoted names
