"""Finds the tables without rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from midflight.catalog import Part, Snapshot
from midflight.pg.identifiers import QualifiedName
from midflight.rows.sql_files import load_sql

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import asyncpg

_TABLE = Part("table", "")
_HAS_ROW = "SELECT {place} WHERE NOT EXISTS (SELECT FROM {table})"


@dataclass(frozen=True, slots=True)
class EmptyTable:
    """A table without a row."""

    oid: int
    name: QualifiedName


def fillable_tables(snapshot: Snapshot) -> tuple[QualifiedName, ...]:
    """Name the tables that can be given rows of their own.

    Not foreign tables; not partitions, which are filled through their root; not tables that inherit.
    """
    return tuple(
        sorted(
            QualifiedName(unit.schema, unit.name)
            for unit, parts in snapshot.units.items()
            if _TABLE in parts and _stands_alone(snapshot.attributes(unit, _TABLE))
        )
    )


def _stands_alone(attributes: dict[str, str | None]) -> bool:
    return attributes["kind"] != "foreign table" and attributes["parents"] is None


async def find_empty(
    connection: asyncpg.Connection, tables: Sequence[QualifiedName], suspects: Collection[QualifiedName] | None
) -> tuple[EmptyTable, ...]:
    """Find those tables that have no row.

    A table whose file is empty is found by that, which costs little. Whether one with pages has lost its rows must be
    looked up in it: of the ``suspects`` alone, or of all where that is None.
    """
    found = await connection.fetch(
        load_sql("standing"), [table.schema for table in tables], [table.name for table in tables]
    )
    standing = {record["place"] - 1: record["oid"] for record in found}
    blank = {record["place"] - 1 for record in found if record["blank"]}
    doubtful = [place for place in standing if place not in blank and (suspects is None or tables[place] in suspects)]
    if doubtful:
        selects = (_HAS_ROW.format(place=place, table=tables[place].sql) for place in doubtful)
        blank.update(record[0] for record in await connection.fetch("\nUNION ALL\n".join(selects)))
    return tuple(EmptyTable(standing[place], tables[place]) for place in sorted(blank))
