"""What is sent to fill tables, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from midflight.rows.sources import Binding, Sources, find_sources
from midflight.rows.statement import ROWS, insert_statement

if TYPE_CHECKING:
    from collections.abc import Iterable

    from midflight.rows.facts import TableFacts, Types


@dataclass(frozen=True, slots=True)
class TablePlan:
    """How one table is filled."""

    table: TableFacts
    types: Types
    sources: Sources
    hopeless: str | None
    """Why there is no use in trying; None where there is."""

    def sql(self, *, rows: int = ROWS) -> str:
        """Write the statement that makes the rows."""
        return insert_statement(self.table, self.types, self.sources, rows=rows)

    @property
    def searched(self) -> str:
        """Name what the values had to satisfy."""
        return ", ".join(dict.fromkeys(demand.name for demand in self.sources.demands))


@dataclass(frozen=True, slots=True)
class Step:
    """Tables that are filled in one transaction: one, or several that refer to each other in a circle."""

    plans: tuple[TablePlan, ...]

    @property
    def is_circle(self) -> bool:
        """Whether foreign keys hold at the end only."""
        return len(self.plans) > 1

    @property
    def hopeless(self) -> str | None:
        """Why there is no use in trying; None where there is."""
        return next((plan.hopeless for plan in self.plans if plan.hopeless), None)


def plan_step(tables: tuple[TableFacts, ...], types: Types, missing: frozenset[int]) -> Step:
    """Plan how tables are filled, as long as those ``missing`` (OIDs) have no rows."""
    plans = []
    circle = {table.oid for table in tables}
    done: set[int] = set()
    for table in tables:
        without = (missing | circle) - done
        sources = find_sources(table, types, without, tuple(_asked(table, tables[:1]) if done else ()))
        plans.append(TablePlan(table, types, sources, _hopeless(table, types, sources, without - circle)))
        done.add(table.oid)
    return Step(tuple(plans))


def _asked(table: TableFacts, before: Iterable[TableFacts]) -> Iterable[Binding]:
    for first in before:
        for key in first.foreign_keys:
            if key.target == table.oid:
                yield Binding(key.target_columns, first.name, key.columns)


def _hopeless(table: TableFacts, types: Types, sources: Sources, without: frozenset[int]) -> str | None:
    if table.partitions == ():
        return "it has no partition"
    if (column := sources.unknown) is not None:
        return f"no values are known of type {types[column.type].written}, which column {column.name} must have"
    for key in table.foreign_keys:
        if key.target in without and table.is_hard(key):
            return f"it refers to {key.target_name}, which holds no rows"
    return None
