"""Back from the last phase of a change of type: as after the second, on small tables alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from midflight.operations.column_numbers import INTEGER_TYPES
from midflight.operations.expand_type import expanding, following
from midflight.operations.fill_column import RowChange, changing
from midflight.operations.following import disagreement
from midflight.operations.one_block import in_one_block
from midflight.operations.operation import Asked, Operation, OperationRefusedError
from midflight.operations.same_type import is_same_type, plain_type
from midflight.operations.step import Mode, Step, TableLock, Work
from midflight.operations.twin import twins_of
from midflight.operations.type_change import TypeChange, backward, concerned
from midflight.pg.identifiers import quote_identifier
from midflight.sql.bare_constants import bare_constant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from midflight.operations.state import Column, State
    from midflight.operations.twin import Columns
    from midflight.sql.names import Name


@dataclass(frozen=True, slots=True)
class UndoContractType(Operation):
    """The column gets its old type again, by a rewrite; the new one stands beside it, as after the second phase."""

    change: TypeChange

    @property
    def asks(self) -> Asked:
        """All that the change asks."""
        return self.change.asks

    def steps(self, state: State) -> tuple[Step, ...]:
        """Write the tables anew, add the new columns, fill them.

        Raises:
            OperationRefusedError: where a table has too many rows, or the old type is not told.
        """
        columns = concerned(self.change, state)
        existing = self._existing()
        found = state.column(self.change.table_name, self.change.column)
        if found is not None and not is_same_type(found.type, existing):
            self._must_be_small(columns, state)
        rewrite = Step(
            says=f"old type of {self.change.table}.{self.change.column}",
            sql=in_one_block(_rewriting(self.change, existing, columns, state)),
            done=lambda now: _has_type(now, self.change, existing),
            mode=Mode.APART,
            locks=_locks(columns, state),
            work=Work.LONG,
        )
        return (rewrite, *expanding(self.change, columns, state), *self._filled(columns, state))

    def reverse(self) -> Operation:
        """Contract again."""
        from midflight.operations.contract_type import ContractType  # noqa: PLC0415 - each leads to the other

        return ContractType(self.change)

    def _existing(self) -> str:
        if self.change.existing is None:
            raise OperationRefusedError(
                f"{self.change}: the type until now is not told", hint="give it as existing_type"
            )
        return self.change.existing

    def _must_be_small(self, columns: Columns, state: State) -> None:
        for table in columns:
            rows = state.rows(table)
            if rows > self.change.row_limit:
                raise OperationRefusedError(
                    f"{self.change} cannot be taken back at once: {table} has about {rows:,} rows, which would all be "
                    "written anew while all queries on it wait",
                    hint=f"go forward: change the type back to {self.change.existing} in three phases of their own; or "
                    "raise row_limit, if it may stand still",
                )

    def _filled(self, columns: Columns, state: State) -> Iterator[Step]:
        for table in columns:
            follow = following(self.change, table, columns)
            values = ", ".join(f"{quote_identifier(column)} = {value}" for column, value in follow.assignments)
            change = RowChange("fill the new columns", values, disagreement(follow, self.change.type))
            yield from changing(change, table, state, lambda _: False)


def _has_type(state: State, change: TypeChange, type_: str) -> bool:
    found = state.column(change.table_name, change.column)
    return found is not None and is_same_type(found.type, type_)


def _rewriting(change: TypeChange, existing: str, columns: Columns, state: State) -> Iterator[str]:
    """Foreign keys go meanwhile: for a moment their ends have types that cannot be compared."""
    keys = [twin for twin in twins_of(columns, state) if twin.kind == "foreign key"]
    definitions = {
        (key.table, key.old): found.definition for key in keys if (found := state.constraint(key.table, key.old))
    }
    for table, name in definitions:
        yield f"ALTER TABLE {table.sql} DROP CONSTRAINT {quote_identifier(name)}"
    for table, pairs in columns.items():
        for column in pairs:
            yield from _retyped(change, existing, table, column, state.relations[table].columns[column])
    for (table, name), definition in definitions.items():
        yield f"ALTER TABLE {table.sql} ADD CONSTRAINT {quote_identifier(name)} {definition}"


def _retyped(change: TypeChange, existing: str, table: Name, column: str, found: Column) -> Iterator[str]:
    alter = f"ALTER TABLE {table.sql} ALTER COLUMN {quote_identifier(column)}"
    has_default = found.default is not None and not found.identity
    if has_default:
        yield f"{alter} DROP DEFAULT"
    yield f"{alter} TYPE {existing} USING {backward(change, column)}"
    if has_default:
        yield f"{alter} SET DEFAULT {bare_constant(found.default or '')}"
    if has_default and found.sequence is not None and plain_type(existing) in INTEGER_TYPES:
        yield f"ALTER SEQUENCE {found.sequence.name.sql} AS {plain_type(existing)}"


def _locks(columns: Columns, state: State) -> tuple[TableLock, ...]:
    keys = [twin for twin in twins_of(columns, state) if twin.kind == "foreign key"]
    names = {*columns, *(key.table for key in keys), *(key.target for key in keys if key.target)}
    return tuple(TableLock(name) for name in sorted(names, key=lambda name: name.sql))
