"""REINDEX CONCURRENTLY: of one index, or of all indexes of a table one by one."""

from __future__ import annotations

import re
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from midflight.operations.index_build import dropped_if_invalid
from midflight.operations.operation import Asked, Operation, OperationRefusedError, named
from midflight.operations.step import Mode, Step, Work
from midflight.sql.names import Name

if TYPE_CHECKING:
    from midflight.operations.state import Relation, State

_LEFT_BEHIND = re.compile(r"_cc(new|old)\d*$")
"""What a failed one leaves, INVALID. https://www.postgresql.org/docs/current/sql-reindex.html#SQL-REINDEX-CONCURRENTLY"""


@dataclass(frozen=True, slots=True)
class Reindex(Operation):
    """Indexes are built anew beside the traffic."""

    index: str | None = None
    """The one; None for all of the table."""
    _: KW_ONLY
    table: str | None = None
    schema: str | None = None

    @property
    def asks(self) -> Asked:
        """The index, or the table."""
        return Asked(relations=tuple(named(name, self.schema) for name in (self.index, self.table) if name))

    def steps(self, state: State) -> tuple[Step, ...]:
        """Drop what an earlier try has left, then build anew.

        Raises:
            OperationRefusedError: where there is no such index or table.
        """
        if not state.known:
            return (self._offline(),)
        if self.index is None:
            tables = self._tables(state, named(self.table or "", self.schema))
            indexes = [Name(of.name.schema, name) for of in tables for name in _rebuilt(of)]
        else:
            tables, indexes = self._of_index(state, named(self.index, self.schema))
        clear = [dropped_if_invalid(of.name, name) for of in tables for name in _left_behind(of)]
        return (*clear, *(_rebuild(index, tables) for index in indexes))

    def reverse(self) -> Operation:
        """Nothing: the schema is the same."""
        from midflight.operations.nothing import Nothing  # noqa: PLC0415 - what only a reverse needs

        return Nothing()

    def _offline(self) -> Step:
        kind = "INDEX" if self.index else "TABLE"
        name = named(self.index or self.table or "", self.schema)
        return _step(f"build {name} anew", f"REINDEX {kind} CONCURRENTLY {name.sql}", None)

    def _of_index(self, state: State, index: Name) -> tuple[tuple[Relation, ...], list[Name]]:
        """A partitioned index is rebuilt part by part, each for itself."""
        found = state.relation(index)
        if found is None or found.table is None:
            raise OperationRefusedError(f"there is no index {index}", hint="name its schema if it is in another one")
        tables, roots = self._tables(state, found.table), {found.name}
        for of in self._tree(state, found.table):
            roots |= {Name(of.name.schema, name) for name, one in of.indexes.items() if one.attached_to in roots}
        parts = [Name(of.name.schema, name) for of in tables for name in of.indexes]
        return tables, [part for part in parts if part in roots]

    def _tables(self, state: State, table: Name) -> tuple[Relation, ...]:
        if state.relation(table) is None:
            raise OperationRefusedError(f"there is no table {table}", hint="name its schema if it is in another one")
        return state.leaves(table)

    def _tree(self, state: State, table: Name) -> tuple[Relation, ...]:
        """A table and its partitions, from the root down."""
        of = state.relations[table]
        return (of, *(below for partition in of.partitions for below in self._tree(state, partition)))


def _rebuilt(of: Relation) -> list[str]:
    """The indexes of a table that can be built anew concurrently."""
    return [
        name
        for name, one in of.indexes.items()
        if name not in _left_behind(of)
        and (one.constraint is None or of.constraints[one.constraint].kind != "exclusion")
    ]


def _left_behind(of: Relation) -> list[str]:
    return [name for name, one in of.indexes.items() if not one.valid and _LEFT_BEHIND.search(name)]


def _rebuild(index: Name, tables: tuple[Relation, ...]) -> Step:
    new = Name(index.schema, f"{index.name}_ccnew")
    is_free = not any(new.name in of.indexes for of in tables)
    drop = f"DROP INDEX CONCURRENTLY IF EXISTS {new.sql}" if is_free else None
    return _step(f"build index {index} anew", f"REINDEX INDEX CONCURRENTLY {index.sql}", drop)


def _step(says: str, sql: str, on_failure: str | None) -> Step:
    """The catalog does not tell whether an index was built anew; the journal does."""
    return Step(says, sql, lambda _: False, mode=Mode.OUTSIDE, work=Work.LONG, on_failure=on_failure)
