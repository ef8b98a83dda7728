"""SET NOT NULL without a scan under a strong lock."""

from __future__ import annotations

import hashlib
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from midflight.operations.alter_table import Clause, altered
from midflight.operations.operation import Asked, Operation, named
from midflight.operations.validate_constraint import validation
from midflight.pg.identifiers import quote_identifier

if TYPE_CHECKING:
    from midflight.operations.state import State
    from midflight.operations.step import Step
    from midflight.sql.names import Name

NATIVE_FROM = 18
"""From this version on NOT NULL itself can be NOT VALID. https://www.postgresql.org/docs/18/sql-altertable.html"""


@dataclass(frozen=True, slots=True)
class SetNotNull(Operation):
    """No row may hold NULL in a column any more; the rows that are there are read beside the traffic."""

    table: str
    column: str
    _: KW_ONLY
    schema: str | None = None

    @property
    def asks(self) -> Asked:
        """Its table."""
        return Asked(relations=(self._table,))

    def steps(self, state: State) -> tuple[Step, ...]:
        """From 18 on NOT NULL NOT VALID, then VALIDATE; before that by a CHECK that proves it and goes at the end."""
        return _natively(self, state) if state.major >= NATIVE_FROM else _by_check(self, state)

    def reverse(self) -> Operation:
        """DROP NOT NULL."""
        from midflight.operations.drop_not_null import DropNotNull  # noqa: PLC0415 - each leads to the other

        return DropNotNull(self.table, self.column, schema=self.schema)

    @property
    def _table(self) -> Name:
        return named(self.table, self.schema)


def _natively(operation: SetNotNull, state: State) -> tuple[Step, ...]:
    table, column = operation._table, operation.column  # noqa: SLF001 - its own module
    name = _constraint_there(state, table, column) or f"{operation.table}_{column}_not_null"
    constraint = quote_identifier(name)

    def is_there(now: State) -> bool:
        return _constraint_there(now, table, column) is not None or is_not_null(now, table, column)

    add = Clause(
        f"ADD CONSTRAINT {constraint} NOT NULL {quote_identifier(column)} NOT VALID", f"{column} not null", is_there
    )
    return (
        *altered(table, (add,), state),
        validation(table, name, done=lambda now: is_not_null(now, table, column)),
    )


def _by_check(operation: SetNotNull, state: State) -> tuple[Step, ...]:
    table, column = operation._table, operation.column  # noqa: SLF001 - its own module
    name = _check_name(operation)
    quoted, constraint = quote_identifier(column), quote_identifier(name)

    def is_set(now: State) -> bool:
        return is_not_null(now, table, column)

    def is_there(now: State) -> bool:
        return is_set(now) or now.constraint(table, name) is not None

    def is_valid(now: State) -> bool:
        found = now.constraint(table, name)
        return is_set(now) or (found is not None and found.valid)

    def is_gone(now: State) -> bool:
        return now.constraint(table, name) is None

    add = Clause(f"ADD CONSTRAINT {constraint} CHECK ({quoted} IS NOT NULL) NOT VALID", f"check {column}", is_there)
    set_ = Clause(f"ALTER COLUMN {quoted} SET NOT NULL", f"{column} not null", is_set)
    drop = Clause(f"DROP CONSTRAINT {constraint}", f"drop the check of {column}", is_gone)
    return (
        *altered(table, (add,), state),
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
