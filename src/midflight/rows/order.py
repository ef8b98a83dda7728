"""In which order tables are filled: what a foreign key refers to comes first."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from midflight.rows.facts import TableFacts


def fill_order(tables: Sequence[TableFacts]) -> Iterator[tuple[TableFacts, ...]]:
    """Yield the tables, one at a time, or as many as form a circle that no row can do without.

    The first of a circle has the foreign key to the last that is checked at the end of the transaction. Where a foreign
    key may be NULL and tables refer to each other, the order decides which has no value.
    """
    waiting = {table.oid: table for table in tables}
    while waiting:
        possible = [table for table in waiting.values() if not _needs(table, waiting)]
        at_ease = [table for table in possible if not _refers(table, waiting)]
        chosen: list[tuple[TableFacts, ...]] = [(table,) for table in at_ease or possible[:1]] or [_circle(waiting)]
        for step in chosen:
            yield step
            for table in step:
                del waiting[table.oid]


def _refers(table: TableFacts, waiting: Mapping[int, TableFacts]) -> bool:
    return any(key.target in waiting and key.target != table.oid for key in table.foreign_keys)


def _needs(table: TableFacts, waiting: Mapping[int, TableFacts]) -> list[int]:
    keys = [key for key in table.foreign_keys if key.target in waiting and key.target != table.oid]
    return [key.target for key in keys if table.is_hard(key)]


def _circle(waiting: Mapping[int, TableFacts]) -> tuple[TableFacts, ...]:
    """Follow what tables need until one comes again; then turn the circle so that it can be entered."""
    path = [next(iter(waiting))]
    while (target := _needs(waiting[path[-1]], waiting)[0]) not in path:
        path.append(target)
    needing = [waiting[oid] for oid in path[path.index(target) :]]
    for place, table in enumerate(needing):
        following = needing[(place + 1) % len(needing)]
        if all(key.deferrable for key in table.foreign_keys if key.target == following.oid):
            turned = needing[place:] + needing[:place]
            return (turned[0], *reversed(turned[1:]))
    return tuple(needing)
