"""The last phase of a change of columns: the new ones get all that the old ones had, and the old ones go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from midflight.operations.backfill_guard import backfill_guard
from midflight.operations.column_numbers import moved_default, renamed_sequence
from midflight.operations.one_block import in_one_block
from midflight.operations.operation import Asked, Operation, OperationRefusedError
from midflight.operations.step import Mode, Step, TableLock
from midflight.operations.sync_triggers import drop_statements
from midflight.operations.twin_swap import swap_statements
from midflight.operations.twins import build_steps, swap_locks
from midflight.pg.identifiers import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.operations.column_change import ColumnChange
    from midflight.operations.state import State


@dataclass(frozen=True, slots=True)
class ContractColumns(Operation):
    """The old columns go, with the triggers; no code that needs them may run any more.

    What can be done beside the traffic is done before: indexes and constraints over the new columns are built and
    validated. The rest is one short statement under one lock.
    """

    change: ColumnChange

    @property
    def asks(self) -> Asked:
        """Its table."""
        return Asked(relations=(self.change.table_name,))

    def steps(self, state: State) -> tuple[Step, ...]:
        """The guard, what is built beside the traffic, and the swap.

        Raises:
            OperationRefusedError: where something hangs on an old column that would go with it, or hold it.
        """
        change = self.change
        if self._is_done(state):
            return ()
        if state.known:
            _must_be_free(change, state)
        twins = change.twins(state)
        guard = backfill_guard(change.name(state), done=self._is_done)
        return (guard, *build_steps(twins, state), self._swap(state))

    def reverse(self) -> Operation:
        """Bring the old columns back."""
        from midflight.operations.restore_columns import RestoreColumns  # noqa: PLC0415 - each leads to the other

        return RestoreColumns(self.change)

    def _swap(self, state: State) -> Step:
        change, twins = self.change, self.change.twins(state)
        drops = ", ".join(f"DROP COLUMN {quote_identifier(column)}" for column in change.old)
        statements = (
            *drop_statements(change.sync(state)),
            *swap_statements(twins, state),
            *given_over(change, change.old, change.new, state),
            f"ALTER TABLE {change.table_name.sql} {drops}",
            *sequences_renamed(change, change.old, state),
        )
        return Step(
            says=f"{', '.join(change.new)} in the place of {', '.join(change.old)} ({change.table_name})",
            sql=in_one_block(statements),
            done=self._is_done,
            mode=Mode.APART,  # nothing else of the revision lengthens the lock
            locks=swap_locks(twins, state) or (TableLock(change.table_name),),
        )

    def _is_done(self, now: State) -> bool:
        table = now.relation(self.change.table_name)
        return table is not None and not any(column in table.columns for column in self.change.old)


def given_over(change: ColumnChange, from_: tuple[str, ...], to: tuple[str, ...], state: State) -> Iterator[str]:
    """Hand a renamed column's default, sequence, identity and privileges over."""
    relation = state.relation(change.table_name)
    if not change.is_rename or relation is None:
        return
    for old, new in zip(from_, to, strict=True):
        found = relation.columns[old]
        yield from moved_default(relation.name, old, new, found, found.type)


def sequences_renamed(change: ColumnChange, columns: tuple[str, ...], state: State) -> Iterator[str]:
    """Give the new sequence of an identity its name, when the old one is gone."""
    for column in columns if change.is_rename else ():
        found = state.column(change.table_name, column)
        yield from renamed_sequence(found) if found is not None else ()


def _must_be_free(change: ColumnChange, state: State) -> None:
    for column in change.old:
        found = state.column(change.table_name, column)
        if found is not None and found.used_by:
            raise OperationRefusedError(
                f"{change.table_name}.{column} cannot go: {', '.join(found.used_by)} uses it",
                hint=f"make that over {', '.join(change.new)} first",
            )
