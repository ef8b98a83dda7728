"""DROP TABLE."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from midflight.operations.drop_column import referred_from
from midflight.operations.operation import Asked, Operation, named
from midflight.operations.step import Step, TableLock

if TYPE_CHECKING:
    from midflight.operations.state import State


@dataclass(frozen=True, slots=True)
class DropTable(Operation):
    """A table goes, with its rows. What hangs on it, such as a foreign key to it, makes PostgreSQL refuse."""

    table: str
    _: KW_ONLY
    schema: str | None = None

    @property
    def asks(self) -> Asked:
        """The table."""
        return Asked(relations=(named(self.table, self.schema),))

    def steps(self, state: State) -> tuple[Step, ...]:
        """DROP TABLE; the tables to which it refers are locked with it."""
        table = named(self.table, self.schema)
        own = (TableLock(table),) if state.relation(table) is not None or not state.known else ()
        return (
            Step(
                says=f"drop table {table}",
                sql=f"DROP TABLE {table.sql}",
                done=lambda now: now.relation(table) is None,
                locks=(*own, *referred_from(state, table)),
            ),
        )
