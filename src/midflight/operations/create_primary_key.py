"""NOT NULL beside the traffic, CREATE UNIQUE INDEX CONCURRENTLY, then ADD PRIMARY KEY USING INDEX."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from midflight.operations.key_by_index import KeyByIndex
from midflight.operations.operation import Asked, Operation, named
from midflight.operations.same_constraint import deferring
from midflight.operations.set_not_null import SetNotNull

if TYPE_CHECKING:
    from midflight.operations.state import State
    from midflight.operations.step import Step


@dataclass(frozen=True, slots=True)
class CreatePrimaryKey(Operation):
    """A table gets its primary key; rows are read and the index is built beside the traffic."""

    name: str
    table: str
    columns: tuple[str, ...]
    _: KW_ONLY
    schema: str | None = None
    deferrable: bool | None = None
    initially: str | None = None

    @property
    def asks(self) -> Asked:
        """Its table."""
        return Asked(relations=(named(self.table, self.schema),))

    def steps(self, state: State) -> tuple[Step, ...]:
        """NOT NULL first: ADD PRIMARY KEY would read the whole table for it, under ACCESS EXCLUSIVE.

        Raises:
            OperationRefusedError: where another constraint or index has that name.
        """
        not_null = [SetNotNull(self.table, column, schema=self.schema) for column in self.columns]
        when = deferring(deferrable=self.deferrable, initially=self.initially)
        key = KeyByIndex("primary key", self.columns, deferring=when)
        return (
            *(step for one in not_null for step in one.steps(state)),
            *key.on(named(self.table, self.schema), self.name, state),
        )

    def reverse(self) -> Operation:
        """Drop it; its columns stay NOT NULL."""
        from midflight.operations.drop_constraint import DropConstraint  # noqa: PLC0415 - each leads to the other

        return DropConstraint(self.name, self.table, type_="primary", schema=self.schema)
