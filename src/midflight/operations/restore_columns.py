"""The way back from the last phase of a change of columns: the old ones are there again, filled, and in step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from midflight.operations.add_column import AddColumn
from midflight.operations.alter_table import AlterTable
from midflight.operations.column_change import type_text, with_columns
from midflight.operations.contract_columns import ContractColumns, given_over, sequences_renamed
from midflight.operations.fill_column import RowChange, changing
from midflight.operations.one_block import in_one_block
from midflight.operations.operation import Asked, Operation
from midflight.operations.step import Step, TableLock, apart
from midflight.operations.sync_rows import disagreement
from midflight.operations.sync_triggers import create_steps
from midflight.operations.twin_copies import copies_kept, reversed_, without_symmetric
from midflight.operations.twin_swap import swap_statements
from midflight.operations.twins import build_steps, swap_locks
from midflight.pg.identifiers import quote_identifier

if TYPE_CHECKING:
    from midflight.operations.column_change import ColumnChange
    from midflight.operations.state import Relation, State
    from midflight.operations.twin_copies import Copy


@dataclass(frozen=True, slots=True)
class RestoreColumns(Operation):
    """The old columns are added, filled from the new ones beside the traffic, and get back all that they had.

    Then all is as it was before the contract, but for the order of the columns.
    """

    change: ColumnChange

    @property
    def asks(self) -> Asked:
        """Its table."""
        return Asked(relations=(self.change.table_name,))

    def steps(self, state: State) -> tuple[Step, ...]:
        """ADD COLUMN, the triggers, the rows, the indexes and constraints.

        Raises:
            OperationRefusedError: where the type of a column is not known.
        """
        change = self.change
        planned = with_columns(change, (*change.old, *change.new), state)
        columns = tuple(
            AddColumn(change.table, column, type_text(change, column, state), schema=change.schema)
            for column in change.old
        )
        return (
            *apart(AlterTable(columns).steps(state)),
            *create_steps(change.sync(state), planned),
            *self._filled(planned),
            *self._owned(planned),
        )

    def reverse(self) -> Operation:
        """Drop them again."""
        return ContractColumns(self.change)

    def _filled(self, state: State) -> tuple[Step, ...]:
        change = self.change
        assignments = ", ".join(f"{quote_identifier(column)} = ({value}\n)" for column, value in change.back)
        rows = RowChange(f"fill {', '.join(change.old)}", assignments, disagreement(change.sync(state), state))
        return changing(rows, change.table_name, state, _only_journal_knows)

    def _owned(self, state: State) -> tuple[Step, ...]:
        """What a renamed column has goes back to the old one; the new one keeps copies of the indexes, as before."""
        change, relation = self.change, state.relation(self.change.table_name)
        if not change.is_rename or relation is None:
            return ()
        copies = copies_kept(change.twins(state), relation, state)
        built = [step for copy in copies for step in copy.build.on(relation.name, copy.built, state)]
        return (*build_steps(reversed_(change.twins(state)), state), *built, self._swap(relation, copies, state))

    def _swap(self, relation: Relation, copies: tuple[Copy, ...], state: State) -> Step:
        change = self.change
        [new] = change.new
        twins, column = (
            reversed_(change.twins(state)),
            f"ALTER TABLE {relation.name.sql} ALTER COLUMN {quote_identifier(new)}",
        )
        found = relation.columns[new]
        statements = [
            *swap_statements(twins, without_symmetric(change.twins(state), relation, state)),
            *(copy.renamed(relation.name) for copy in copies),
            *given_over(change, change.new, change.old, state),
            f"{column} {'DROP IDENTITY' if found.identity else 'DROP DEFAULT'}",
            f"{column} DROP NOT NULL",
            *sequences_renamed(change, change.new, state),
        ]
        if found.comment is not None:
            statements.append(f"COMMENT ON COLUMN {relation.name.sql}.{quote_identifier(new)} IS NULL")
        return Step(
            says=f"{', '.join(change.old)} in the place of {new} ({change.table_name})",
            sql=in_one_block(statements),
            done=_only_journal_knows,
            locks=swap_locks(twins, state) or (TableLock(change.table_name),),
        )


def _only_journal_knows(_: State) -> bool:
    return False
