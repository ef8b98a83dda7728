"""CREATE UNIQUE INDEX CONCURRENTLY, then ADD UNIQUE USING INDEX."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from midflight.operations.key_by_index import KeyByIndex
from midflight.operations.operation import Asked, Operation, named
from midflight.operations.same_constraint import deferring

if TYPE_CHECKING:
    from midflight.operations.state import State
    from midflight.operations.step import Step


@dataclass(frozen=True, slots=True)
class CreateUniqueConstraint(Operation):
    """No two rows may have the same values; the index that holds this is built beside the traffic."""

    name: str
    table: str
    columns: tuple[str, ...]
    _: KW_ONLY
    schema: str | None = None
    deferrable: bool | None = None
    initially: str | None = None
    include: tuple[str, ...] = ()
    nulls_not_distinct: bool = False

    @property
    def asks(self) -> Asked:
        """Its table."""
        return Asked(relations=(named(self.table, self.schema),))

    def steps(self, state: State) -> tuple[Step, ...]:
        """Build the index, then make it a constraint.

        Raises:
            OperationRefusedError: where another constraint or index has that name.
        """
        when = deferring(deferrable=self.deferrable, initially=self.initially)
        key = KeyByIndex("unique", self.columns, self.include, self.nulls_not_distinct, when)
        return key.on(named(self.table, self.schema), self.name, state)

    def reverse(self) -> Operation:
        """Drop it."""
        from midflight.operations.drop_constraint import DropConstraint  # noqa: PLC0415 - each leads to the other

        return DropConstraint(self.name, self.table, type_="unique", schema=self.schema)
