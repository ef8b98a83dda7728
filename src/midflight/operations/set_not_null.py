"""SET NOT NULL without a scan under a strong lock."""

from __future__ import annotations

import hashlib
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from midflight.operations.alter_table import Clause, TableChange, altered
from midflight.operations.operation import Operation, named
from midflight.operations.validate_constraint import validation
from midflight.pg.identifiers import quote_identifier

if TYPE_CHECKING:
    from midflight.operations.state import State
    from midflight.operations.step import Step
    from midflight.sql.names import Name

NATIVE_FROM = 18
"""From this version on NOT NULL itself can be NOT VALID. https://www.postgresql.org/docs/18/sql-altertable.html"""


@dataclass(frozen=True, slots=True)
class SetNotNull(TableChange):
    """No row may hold NULL in a column any more; the rows that are there are read beside the traffic.

    From 18 on by NOT NULL NOT VALID and VALIDATE; before that by a CHECK that proves it, which goes at the end.
    """

    table: str
    column: str
    _: KW_ONLY
    schema: str | None = None

    @property
    def table_name(self) -> Name:
        """Its table."""
        return named(self.table, self.schema)

    def clauses(self, state: State) -> tuple[Clause, ...]:
        """The constraint, NOT VALID."""
        table, column = self.table_name, self.column
        if state.major >= NATIVE_FROM:
            name = quote_identifier(_native_name(self, state))
            return (
                Clause(
                    f"ADD CONSTRAINT {name} NOT NULL {quote_identifier(column)} NOT VALID",
                    f"{column} not null",
                    lambda now: _constraint_there(now, table, column) is not None or is_not_null(now, table, column),
                ),
            )
        name = _check_name(self)
        return (
            Clause(
                f"ADD CONSTRAINT {quote_identifier(name)} CHECK ({quote_identifier(column)} IS NOT NULL) NOT VALID",
                f"check {column}",
                lambda now: is_not_null(now, table, column) or now.constraint(table, name) is not None,
            ),
        )

    def later(self, state: State) -> tuple[Step, ...]:
        """VALIDATE, and what it proves."""
        table, column = self.table_name, self.column
        if state.major >= NATIVE_FROM:
            name = _native_name(self, state)
            return (validation(table, name, done=lambda now: is_not_null(now, table, column)),)
        return _proven_by_check(self, state)

    def reverse(self) -> Operation:
        """DROP NOT NULL."""
        from midflight.operations.drop_not_null import DropNotNull  # noqa: PLC0415 - each leads to the other

        return DropNotNull(self.table, self.column, schema=self.schema)


def _native_name(operation: SetNotNull, state: State) -> str:
    there = _constraint_there(state, operation.table_name, operation.column)
    return there or f"{operation.table}_{operation.column}_not_null"


def _proven_by_check(operation: SetNotNull, state: State) -> tuple[Step, ...]:
    table, column, name = operation.table_name, operation.column, _check_name(operation)

    def is_set(now: State) -> bool:
        return is_not_null(now, table, column)

    def is_valid(now: State) -> bool:
        found = now.constraint(table, name)
        return is_set(now) or (found is not None and found.valid)

    def is_gone(now: State) -> bool:
        return now.constraint(table, name) is None

    set_ = Clause(f"ALTER COLUMN {quote_identifier(column)} SET NOT NULL", f"{column} not null", is_set)
    drop = Clause(f"DROP CONSTRAINT {quote_identifier(name)}", f"drop the check of {column}", is_gone)
    return (
        validation(table, name, done=is_valid),
        *altered(table, (set_,), state),
        *altered(table, (drop,), state),
    )


def is_not_null(state: State, table: Name, column: str) -> bool:
    """Tell whether no row of a table can hold NULL in a column."""
    found = state.column(table, column)
    return found is not None and found.not_null


def _constraint_there(state: State, table: Name, column: str) -> str | None:
    """The NOT NULL constraint of a column, valid or not."""
    relation = state.relation(table)
    constraints = relation.constraints if relation else {}
    return next(
        (name for name, one in constraints.items() if one.kind == "not null" and one.columns == (column,)), None
    )


def _check_name(operation: SetNotNull) -> str:
    """A name of our own, short enough, that is the same at each try."""
    digest = hashlib.sha256(f"{operation.table}.{operation.column}".encode()).hexdigest()[:8]
    return f"midflight_not_null_{operation.column[:30]}_{digest}"
