"""The second phase of a change of columns: the rows that were there before are filled, in the background."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from midflight.operations.backfill import DropBackfill, RegisterBackfill
from midflight.operations.ledger import LAST_TABLE
from midflight.operations.operation import Asked, Operation, OperationRefusedError
from midflight.operations.sync_rows import disagreement

if TYPE_CHECKING:
    from midflight.operations.column_change import ColumnChange
    from midflight.operations.state import State
    from midflight.operations.step import Step


@dataclass(frozen=True, slots=True)
class FillColumns(Operation):
    """A backfill is registered: it fills the new columns from the old ones, where the two sides do not agree."""

    change: ColumnChange
    _: KW_ONLY
    revision: str | None = None

    @property
    def asks(self) -> Asked:
        """Its table, and whether there is a ledger."""
        return Asked(relations=(self.change.table_name, LAST_TABLE))

    def steps(self, state: State) -> tuple[Step, ...]:
        """Those of the backfill.

        Raises:
            OperationRefusedError: where the columns are not there.
        """
        change = self.change
        if _is_contracted(change, state):
            return ()
        if state.known and not change.has((*change.old, *change.new), state):
            raise OperationRefusedError(
                f"{change.table_name} has not all of the columns {', '.join((*change.old, *change.new))}",
                hint="the revision with the phase expand comes first",
            )
        return RegisterBackfill(
            change.name(state),
            change.table,
            assignments=change.forward,
            condition=disagreement(change.sync(state), state),
            schema=change.schema,
            revision=self.revision,
        ).steps(state)

    def reverse(self) -> Operation:
        """Forget the backfill."""
        return ForgetColumns(self.change)


@dataclass(frozen=True, slots=True)
class ForgetColumns(Operation):
    """The backfill of a change of columns is forgotten; what it has filled stays."""

    change: ColumnChange

    @property
    def asks(self) -> Asked:
        """Its table, and whether there is a ledger."""
        return Asked(relations=(self.change.table_name, LAST_TABLE))

    def steps(self, state: State) -> tuple[Step, ...]:
        """DELETE from the ledger."""
        return DropBackfill(self.change.name(state)).steps(state)

    def reverse(self) -> Operation:
        """Register it again."""
        return FillColumns(self.change)


def _is_contracted(change: ColumnChange, state: State) -> bool:
    """Tell whether a later phase is done already."""
    return change.has(change.new, state) and not any(change.has((column,), state) for column in change.old)
