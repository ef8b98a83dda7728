"""The second phase of a change of type: the rows that were there before are filled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from midflight.operations.backfill import DropBackfill, RegisterBackfill
from midflight.operations.expand_type import following
from midflight.operations.following import disagreement
from midflight.operations.operation import Asked, Operation
from midflight.operations.type_change import TypeChange, concerned, has_new_type, must_be_expanded, work_name

if TYPE_CHECKING:
    from midflight.operations.state import State
    from midflight.operations.step import Step


@dataclass(frozen=True, slots=True)
class MigrateType(Operation):
    """One backfill for each table: small tables are filled at once."""

    change: TypeChange
    revision: str | None = None

    @property
    def asks(self) -> Asked:
        """All that the change asks."""
        return self.change.asks

    def steps(self, state: State) -> tuple[Step, ...]:
        """Register them.

        Raises:
            OperationRefusedError: where nothing was expanded.
        """
        if state.known and has_new_type(self.change, state):
            return ()
        columns = concerned(self.change, state)
        must_be_expanded(self.change, columns, state)
        return tuple(
            step
            for table in columns
            for step in RegisterBackfill(
                work_name(table, columns),
                table.name,
                assignments=following(self.change, table, columns).assignments,
                condition=disagreement(following(self.change, table, columns), self.change.type),
                schema=table.schema,
                revision=self.revision,
            ).steps(state)
        )

    def reverse(self) -> Operation:
        """Forget them."""
        return UndoMigrateType(self.change)


@dataclass(frozen=True, slots=True)
class UndoMigrateType(Operation):
    """The backfills are forgotten; what is filled stays filled, and goes with its columns."""

    change: TypeChange

    @property
    def asks(self) -> Asked:
        """All that the change asks."""
        return self.change.asks

    def steps(self, state: State) -> tuple[Step, ...]:
        """Forget them.

        Raises:
            OperationRefusedError: offline.
        """
        columns = concerned(self.change, state)
        return tuple(step for table in columns for step in DropBackfill(work_name(table, columns)).steps(state))

    def reverse(self) -> Operation:
        """Register them."""
        return MigrateType(self.change)
