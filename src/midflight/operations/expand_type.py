"""The first phase of a change of type: a column of the new type beside the old one, which follows it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from midflight.operations.alter_table import Clause, altered
from midflight.operations.backfill import DropBackfill
from midflight.operations.following import Following, follow_steps, unfollow_steps
from midflight.operations.one_block import in_one_block
from midflight.operations.operation import Asked, Operation
from midflight.operations.step import Mode, Step, TableLock, apart
from midflight.operations.twin import twins_of
from midflight.operations.type_change import TypeChange, concerned, forward, has_new_type, is_expanded, work_name
from midflight.operations.type_change_limits import must_be_possible
from midflight.pg.identifiers import quote_identifier

if TYPE_CHECKING:
    from midflight.operations.state import State
    from midflight.operations.twin import Columns
    from midflight.sql.names import Name


@dataclass(frozen=True, slots=True)
class ExpandType(Operation):
    """Columns of the new type are added and follow the old ones, in all tables that refer to the column, too."""

    change: TypeChange

    @property
    def asks(self) -> Asked:
        """All that the change asks."""
        return self.change.asks

    def steps(self, state: State) -> tuple[Step, ...]:
        """Add them all first, then the triggers: each table in transactions of its own.

        Raises:
            OperationRefusedError: where something hangs on a column that cannot go with it.
        """
        if state.known and has_new_type(self.change, state):
            return ()
        columns = concerned(self.change, state)
        must_be_possible(self.change, columns, state)
        return (*self._forgotten(columns, state), *expanding(self.change, columns, state))

    def _forgotten(self, columns: Columns, state: State) -> tuple[Step, ...]:
        """An earlier change of the same column has left its backfill as finished: this one is another."""
        return tuple(
            replace(step, done=lambda now: is_expanded(self.change, now))
            for table in columns
            for step in DropBackfill(work_name(table, columns)).steps(state)
        )

    def reverse(self) -> Operation:
        """Drop them again."""
        return UndoExpandType(self.change)


@dataclass(frozen=True, slots=True)
class UndoExpandType(Operation):
    """The new columns go again, with all that was built on them."""

    change: TypeChange

    @property
    def asks(self) -> Asked:
        """All that the change asks."""
        return self.change.asks

    def steps(self, state: State) -> tuple[Step, ...]:
        """Drop the triggers, the foreign keys, the columns: each table in a transaction of its own.

        Raises:
            OperationRefusedError: offline.
        """
        columns = concerned(self.change, state)
        if not is_expanded(self.change, state):
            return ()
        unfollow = [step for table in columns for step in unfollow_steps(following(self.change, table, columns))]
        return (*unfollow, *_keys_dropped(columns, state), *_columns_dropped(columns, state))

    def reverse(self) -> Operation:
        """Add them."""
        return ExpandType(self.change)


def expanding(change: TypeChange, columns: Columns, state: State) -> tuple[Step, ...]:
    """Add the columns, and let them follow."""
    added = (_added(change, table, columns) for table in columns)
    follow = (step for table in columns for step in follow_steps(following(change, table, columns), state))
    return (*added, *follow)


def following(change: TypeChange, table: Name, columns: Columns) -> Following:
    """Return how the new columns of one table follow the old ones."""
    assignments = tuple((new, forward(change, old)) for old, new in columns[table].items())
    return Following(work_name(table, columns), table, assignments)


def _added(change: TypeChange, table: Name, columns: Columns) -> Step:
    """In one with an UPDATE of no row: a trigger whose value does not fit its column would fail every write."""
    new = tuple(columns[table].values())
    adds = ", ".join(f"ADD COLUMN {quote_identifier(column)} {change.type}" for column in new)
    follow = following(change, table, columns)
    values = ", ".join(f"{quote_identifier(column)} = {value}" for column, value in follow.assignments)
    tried = f"UPDATE {table.sql} SET {values} WHERE false"  # noqa: S608 - the revision's own expressions
    return Step(
        says=f"add {', '.join(new)} to {table}",
        sql=in_one_block((f"ALTER TABLE {table.sql} {adds}", tried)),
        done=lambda now: all(now.column(table, column) is not None for column in new),
        mode=Mode.APART,
        locks=(TableLock(table),),
    )


def _keys_dropped(columns: Columns, state: State) -> list[Step]:
    """Foreign keys of an unfinished contract, of columns that stay."""
    return [
        Step(
            says=f"drop constraint {twin.built} of {twin.table}",
            sql=f"ALTER TABLE {twin.table.sql} DROP CONSTRAINT {quote_identifier(twin.built)}",
            done=lambda now, twin=twin: now.constraint(twin.table, twin.built) is None,  # type: ignore[misc]  # bound at once
            mode=Mode.APART,
            locks=(TableLock(twin.table), *([TableLock(twin.target)] if twin.target not in {None, twin.table} else [])),
        )
        for twin in twins_of(columns, state)
        if twin.kind == "foreign key" and state.constraint(twin.table, twin.built) is not None
    ]


def _columns_dropped(columns: Columns, state: State) -> list[Step]:
    """Those that refer to others first."""
    steps: list[Step] = []
    for table, pairs in reversed(list(columns.items())):
        clauses = [
            Clause(
                f"DROP COLUMN {quote_identifier(new)}",
                f"drop column {new}",
                lambda now, table=table, new=new: now.column(table, new) is None,  # type: ignore[misc]  # bound at once
            )
            for new in reversed(list(pairs.values()))
        ]
        steps += apart(altered(table, clauses, state))
    return steps
