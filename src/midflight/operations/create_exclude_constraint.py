"""ADD EXCLUDE, for which there is no way beside the traffic."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from midflight.operations.operation import (
    SMALL_TABLE_ROWS,
    Asked,
    Operation,
    OperationRefusedError,
    named,
)
from midflight.operations.same_constraint import deferring, must_be_same
from midflight.operations.step import Step, TableLock
from midflight.pg.identifiers import quote_identifier

if TYPE_CHECKING:
    from midflight.operations.state import State


@dataclass(frozen=True, slots=True)
class CreateExcludeConstraint(Operation):
    """No two rows may overlap."""

    name: str
    table: str
    elements: tuple[str, ...]
    """Each as SQL: a column or an expression in brackets, WITH an operator."""
    _: KW_ONLY
    using: str = "gist"
    where: str | None = None
    schema: str | None = None
    deferrable: bool | None = None
    initially: str | None = None
    row_limit: int = SMALL_TABLE_ROWS

    @property
    def asks(self) -> Asked:
        """Its table."""
        return Asked(relations=(named(self.table, self.schema),))

    def steps(self, state: State) -> tuple[Step, ...]:
        """Add it at once, on a small table.

        Raises:
            OperationRefusedError: on a large table, or where another constraint has that name.
        """
        table = named(self.table, self.schema)
        must_be_same(state, table, self.name, lambda found: found.kind == "exclusion")
        rows = state.rows(table)
        if rows > self.row_limit and state.constraint(table, self.name) is None:
            raise OperationRefusedError(
                f"{table} has about {rows:,} rows, and an exclusion constraint builds its index under a lock that stops "
                "all reads and writes",
                hint="PostgreSQL has no concurrent form; make a new table with the constraint and move the rows into it, "
                f"or accept the stall with row_limit={rows}",
            )
        where = f" WHERE ({self.where})" if self.where else ""
        when = deferring(deferrable=self.deferrable, initially=self.initially)
        return (
            Step(
                says=f"exclusion constraint {self.name} of {table}",
                sql=f"ALTER TABLE {table.sql} ADD CONSTRAINT {quote_identifier(self.name)} EXCLUDE USING "
                f"{quote_identifier(self.using)} ({', '.join(self.elements)}){where}{when}",
                done=lambda now: now.constraint(table, self.name) is not None,
                locks=(TableLock(table),),
            ),
        )

    def reverse(self) -> Operation:
        """Drop it."""
        from midflight.operations.drop_constraint import DropConstraint  # noqa: PLC0415 - each leads to the other

        return DropConstraint(self.name, self.table, schema=self.schema)
