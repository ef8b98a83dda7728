"""A column moves to another table in phases, while old and new code both run."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, replace
from typing import TYPE_CHECKING

from midflight.operations.add_column import AddColumn
from midflight.operations.backfill import DropBackfill, RegisterBackfill
from midflight.operations.backfill_guard import backfill_guard
from midflight.operations.column_move_sync import create_steps, drop_steps, has_triggers, is_wrong, partners_value
from midflight.operations.drop_column import DropColumn
from midflight.operations.fill_column import RowChange, changing
from midflight.operations.operation import Asked, Operation, OperationRefusedError
from midflight.operations.set_not_null import SetNotNull
from midflight.operations.sql_files import load_sql
from midflight.operations.step import Mode, Step, TableLock, Work
from midflight.pg.identifiers import quote_identifier

if TYPE_CHECKING:
    from midflight.operations.column_move import ColumnMove, End
    from midflight.operations.state import Column, State


@dataclass(frozen=True, slots=True)
class ExpandMove(Operation):
    """The column is in both tables, and what is written to one goes to the other."""

    move: ColumnMove

    @property
    def asks(self) -> Asked:
        """Both tables."""
        return _both(self.move)

    def steps(self, state: State) -> tuple[Step, ...]:
        """ADD COLUMN and the triggers, in one transaction.

        Raises:
            OperationRefusedError: where the rows of both tables cannot be kept in step.
        """
        move, like = self.move, self.move.source.found(state)
        _must_be_possible(move, like, state)
        if like is None:
            raise OperationRefusedError(
                f"{move.to_table}.{move.to_column}: its type is that of another column, which only the database knows",
                hint="a script cannot be written of it (--sql)",
            )
        bare = replace(like, not_null=False, default=None)
        return (*_added(move.target, bare, state), *create_steps(move, move.target.planned(bare, state)))

    def reverse(self) -> Operation:
        """Drop it from the new table."""
        return CollapseMove(self.move)


@dataclass(frozen=True, slots=True)
class CollapseMove(Operation):
    """The column is in the old table alone again, with all that was written to either."""

    move: ColumnMove

    @property
    def asks(self) -> Asked:
        """Both tables."""
        return _both(self.move)

    def steps(self, state: State) -> tuple[Step, ...]:
        """Drop the triggers and the new column, in one transaction."""
        return (*drop_steps(self.move), *_dropped(self.move.target, self.move.source, state))

    def reverse(self) -> Operation:
        """Add it again."""
        return ExpandMove(self.move)


@dataclass(frozen=True, slots=True)
class ContractMove(Operation):
    """The column goes from the old table."""

    move: ColumnMove

    @property
    def asks(self) -> Asked:
        """Both tables."""
        return _both(self.move)

    def steps(self, state: State) -> tuple[Step, ...]:
        """See that nothing gets lost; then drop the triggers and the old column in one transaction."""
        move = self.move
        return (
            backfill_guard(move.name, done=self._is_done),
            self._nothing_is_lost(state),
            *drop_steps(move),
            *_dropped(move.source, move.target, state),
        )

    def reverse(self) -> Operation:
        """Bring it back."""
        return RestoreMove(self.move)

    def _nothing_is_lost(self, state: State) -> Step:
        """A value whose row has no partner would go with the column."""
        source, target = self.move.source, self.move.target
        partner = " AND ".join(
            f"target.{quote_identifier(theirs)} = source.{quote_identifier(ours)}"
            for theirs, ours in zip(target.keys, source.keys, strict=True)
        )
        given = f"NOT ({source.not_given(f'source.{quote_identifier(source.column)}', state)})"
        sql = load_sql("move_guard").format(
            source=source.sql(state), target=target.sql(state), given=given, partner=partner
        )
        says = f"has every {source.column} of {source.table} its row in {target.table}?"
        return Step(says, sql.strip(), self._is_done, Mode.APART, (), Work.LONG)

    def _is_done(self, now: State) -> bool:
        return now.relation(self.move.source.table) is not None and self.move.source.found(now) is None


@dataclass(frozen=True, slots=True)
class RestoreMove(Operation):
    """The column is in both tables again, as after the backfill."""

    move: ColumnMove
    _: KW_ONLY
    nullable: bool = True
    default: str | None = None
    """Of the column as it was in the old table, as SQL."""

    @property
    def asks(self) -> Asked:
        """Both tables."""
        return _both(self.move)

    def steps(self, state: State) -> tuple[Step, ...]:
        """Add it with the triggers; then fill it beside the traffic.

        Raises:
            OperationRefusedError: offline, where its type is not known.
        """
        move, like = self.move, self.move.target.found(state)
        if like is None:
            raise OperationRefusedError(
                f"there is no column {move.to_column} in {move.to_table} to take the values from"
            )
        column = replace(like, not_null=False, default=self.default)
        wrong = is_wrong(move, of_target=False)
        assignment = f"{quote_identifier(move.column)} = {partners_value(move, of_target=False)}"
        change = RowChange(f"fill {move.column}", assignment, wrong)
        not_null = () if self.nullable else SetNotNull(move.table, move.column, schema=move.schema).steps(state)
        return (
            *_added(move.source, column, state),
            *create_steps(move, move.source.planned(column, state)),
            *changing(change, move.source.table, state, lambda _: False),  # a row that is filled is passed over
            *not_null,
        )

    def reverse(self) -> Operation:
        """Drop it once more."""
        return ContractMove(self.move)


def migration(move: ColumnMove) -> RegisterBackfill:
    """Return the second phase: the rows of the new table that were there before take their partners' values."""
    value = (move.to_column, partners_value(move, of_target=True))
    wrong = is_wrong(move, of_target=True)
    return RegisterBackfill(move.name, move.to_table, assignments=(value,), condition=wrong, schema=move.to_schema)


def forgotten(move: ColumnMove) -> DropBackfill:
    """Return the way back from it."""
    return DropBackfill(move.name)


def _both(move: ColumnMove) -> Asked:
    return Asked(relations=(move.source.table, move.target.table))


def _added(end: End, column: Column, state: State) -> tuple[Step, ...]:
    type_ = f"{column.type} COLLATE {column.collation}" if column.collation else column.type
    added = AddColumn(
        end.table.name, end.column, type_, schema=end.table.schema, default=column.default, comment=column.comment
    )
    return added.steps(state)


def _dropped(end: End, other: End, state: State) -> tuple[Step, ...]:
    """Drop the column; both tables are locked already."""
    steps = DropColumn(end.table.name, end.column, schema=end.table.schema).steps(state)
    return tuple(replace(step, locks=(*step.locks, TableLock(other.table))) for step in steps)


def _must_be_possible(move: ColumnMove, like: Column | None, state: State) -> None:
    """Refuse what cannot be kept in step."""
    source, target = move.source, move.target
    if source.table == target.table:
        raise OperationRefusedError(f"{move.column} is in {move.table} already", hint="rename_column renames it")
    if not state.known:
        return
    for end in (source, target):
        _must_have_keys(end, state)
    if like is None:
        raise OperationRefusedError(f"there is no column {move.column} in {move.table}")
    if like.identity or like.generated:
        what = "an identity" if like.identity else "a generated"
        raise OperationRefusedError(f"{move.table}.{move.column} is {what} column: nobody can write it")
    if target.found(state) is not None and not has_triggers(move, state) and not state.resumed:
        raise OperationRefusedError(
            f"{move.to_table} has a column {move.to_column} already, with values of its own",
            hint="give the new one another name (to_column), or drop the other one first",
        )


def _must_have_keys(end: End, state: State) -> None:
    if state.relation(end.table) is None:
        raise OperationRefusedError(f"there is no table {end.table}")
    for key in end.keys:
        if state.column(end.table, key) is None:
            raise OperationRefusedError(f"there is no column {key} in {end.table}")
    if not end.is_unique(state):
        raise OperationRefusedError(
            f"{end.table} has no unique key over {', '.join(end.keys)}: rows of both tables have to belong together "
            "one by one, else nobody knows which of several values is the right one",
            hint="create a unique constraint or index over it first",
        )
