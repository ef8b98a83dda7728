"""DROP INDEX CONCURRENTLY; of a partitioned table plainly, since there it has no other form."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from midflight.operations.operation import Asked, Operation, named
from midflight.operations.step import Mode, Step, TableLock, Work
from midflight.sql.names import Name

if TYPE_CHECKING:
    from midflight.operations.state import State


@dataclass(frozen=True, slots=True)
class DropIndex(Operation):
    """An index is dropped beside the traffic."""

    name: str
    table: str | None = None
    _: KW_ONLY
    schema: str | None = None

    @property
    def asks(self) -> Asked:
        """Itself, and its table where that is known."""
        tables = (named(self.table, self.schema),) if self.table else ()
        return Asked(relations=(named(self.name, self.schema), *tables))

    def steps(self, state: State) -> tuple[Step, ...]:
        """Drop it; on a partitioned table under a lock on that and all partitions, which is polled for.

        https://www.postgresql.org/docs/current/sql-dropindex.html: indexes of partitioned tables cannot be dropped
        concurrently.
        """
        index, table = self._index(state), self._table(state)
        if table is not None and state.is_partitioned(table):
            return (_of_partitioned(index, table),)
        return (
            Step(
                says=f"drop index {index}",
                sql=f"DROP INDEX CONCURRENTLY IF EXISTS {index.sql}",
                done=lambda now: self._is_gone(now, index, table),
                mode=Mode.OUTSIDE,
                work=Work.LONG,
            ),
        )

    def _table(self, state: State) -> Name | None:
        if self.table is not None:
            return named(self.table, self.schema)
        found = state.relation(named(self.name, self.schema))
        return found.table if found else None

    def _index(self, state: State) -> Name:
        """Where the search path leads to its table, the index is in the same schema."""
        of = state.relation(named(self.table, self.schema)) if self.table else None
        return Name(of.name.schema, self.name) if of and self.name in of.indexes else named(self.name, self.schema)

    def _is_gone(self, now: State, index: Name, table: Name | None) -> bool:
        of = now.relation(table) if table else None
        return self.name not in of.indexes if of else index not in now.relations


def _of_partitioned(index: Name, table: Name) -> Step:
    return Step(
        says=f"drop index {index} of {table} and its partitions",
        sql=f"DROP INDEX {index.sql}",
        done=lambda now: now.index(table, index.name) is None,
        locks=(TableLock(table),),
    )
