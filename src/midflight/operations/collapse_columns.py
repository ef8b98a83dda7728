"""The way back from the first phase of a change of columns: the old ones hold all that was written, the new ones go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from midflight.operations.alter_table import AlterTable
from midflight.operations.drop_column import DropColumn
from midflight.operations.expand_columns import ExpandColumns
from midflight.operations.operation import Asked, Operation
from midflight.operations.step import apart
from midflight.operations.sync_triggers import drop_steps

if TYPE_CHECKING:
    from midflight.operations.column_change import ColumnChange
    from midflight.operations.state import State
    from midflight.operations.step import Step


@dataclass(frozen=True, slots=True)
class CollapseColumns(Operation):
    """The triggers go, and then the new columns, with their indexes. No new code may run any more."""

    change: ColumnChange

    @property
    def asks(self) -> Asked:
        """Its table."""
        return Asked(relations=(self.change.table_name,))

    def steps(self, state: State) -> tuple[Step, ...]:
        """DROP TRIGGER, DROP FUNCTION, DROP COLUMN."""
        change = self.change
        columns = tuple(DropColumn(change.table, column, schema=change.schema) for column in change.new)
        return (*drop_steps(change.sync(state), state), *apart(AlterTable(columns).steps(state)))

    def reverse(self) -> Operation:
        """Add them again."""
        return ExpandColumns(self.change)
