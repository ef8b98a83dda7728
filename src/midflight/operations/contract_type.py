"""The last phase of a change of type: the new column gets all that the old one has, and takes its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from midflight.operations.backfill_guard import backfill_guard
from midflight.operations.column_numbers import moved_default, renamed_sequence
from midflight.operations.expand_type import following
from midflight.operations.following import unfollow_statements
from midflight.operations.one_block import in_one_block
from midflight.operations.operation import Asked, Operation
from midflight.operations.same_type import plain_type
from midflight.operations.step import Mode, Step
from midflight.operations.twin_swap import swap_statements
from midflight.operations.twins import build_steps, swap_locks
from midflight.operations.type_change import (
    TypeChange,
    concerned,
    has_new_type,
    is_expanded,
    must_be_expanded,
    work_name,
)
from midflight.operations.type_change_limits import must_be_possible
from midflight.pg.identifiers import quote_identifier

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.operations.state import State
    from midflight.operations.twin import Columns


@dataclass(frozen=True, slots=True)
class ContractType(Operation):
    """Indexes and constraints are built for the new columns beside the traffic; then both change places at once."""

    change: TypeChange

    @property
    def asks(self) -> Asked:
        """All that the change asks."""
        return self.change.asks

    def steps(self, state: State) -> tuple[Step, ...]:
        """Guard, build, swap.

        Raises:
            OperationRefusedError: where nothing was expanded, or something hangs on a column that cannot go with it.
        """
        if state.known and has_new_type(self.change, state):
            return ()
        columns = concerned(self.change, state)
        must_be_expanded(self.change, columns, state)
        must_be_possible(self.change, columns, state)
        guards = (backfill_guard(work_name(table, columns), done=self._is_done) for table in columns)
        return (*guards, *build_steps(columns, state), self._swap(columns, state))

    def reverse(self) -> Operation:
        """The old type again, where the tables are small."""
        from midflight.operations.undo_contract_type import UndoContractType  # noqa: PLC0415 - each leads to the other

        return UndoContractType(self.change)

    def _swap(self, columns: Columns, state: State) -> Step:
        return Step(
            says=f"put the new columns of {', '.join(map(str, columns))} in place",
            sql=in_one_block(_swapping(self.change, columns, state)),
            done=self._is_done,
            mode=Mode.APART,
            locks=swap_locks(columns, state),
        )

    def _is_done(self, now: State) -> bool:
        return not is_expanded(self.change, now)


def _swapping(change: TypeChange, columns: Columns, state: State) -> Iterator[str]:
    yield from swap_statements(columns, state)
    for table, pairs in columns.items():
        yield from unfollow_statements(following(change, table, columns))
        for old, new in pairs.items():
            found = state.relations[table].columns[old]
            yield from moved_default(table, old, new, found, plain_type(change.type))
    for table, pairs in columns.items():
        drops = ", ".join(f"DROP COLUMN {quote_identifier(old)}" for old in pairs)
        yield f"ALTER TABLE {table.sql} {drops}"
    for table, pairs in columns.items():
        for old, new in pairs.items():
            yield f"ALTER TABLE {table.sql} RENAME COLUMN {quote_identifier(new)} TO {quote_identifier(old)}"
            yield from renamed_sequence(state.relations[table].columns[old])
    yield from _not_null_names(columns, state)


def _not_null_names(columns: Columns, state: State) -> Iterator[str]:
    """From 18 on NOT NULL has a name, too."""
    for table, pairs in columns.items():
        names = {
            one.columns[0]: name for name, one in state.relations[table].constraints.items() if one.kind == "not null"
        }
        for old, new in pairs.items():
            if old in names:
                built, final = quote_identifier(f"{table.name}_{new}_not_null"), quote_identifier(names[old])
                yield f"ALTER TABLE {table.sql} RENAME CONSTRAINT {built} TO {final}"
