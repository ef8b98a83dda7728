"""DROP CONSTRAINT."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from midflight.operations.operation import Asked, Operation, named
from midflight.operations.step import Step, TableLock
from midflight.pg.identifiers import quote_identifier

if TYPE_CHECKING:
    from midflight.operations.state import State
    from midflight.sql.names import Name


@dataclass(frozen=True, slots=True)
class DropConstraint(Operation):
    """A constraint is dropped, with the index that it has."""

    name: str
    table: str
    _: KW_ONLY
    type_: str | None = None
    """Alembic's word for its kind, which SQLite and MySQL need."""
    schema: str | None = None

    @property
    def asks(self) -> Asked:
        """Its table."""
        return Asked(relations=(named(self.table, self.schema),))

    def steps(self, state: State) -> tuple[Step, ...]:
        """Drop it under ACCESS EXCLUSIVE, for a foreign key on both tables: each has triggers that go."""
        table = named(self.table, self.schema)
        return (
            Step(
                says=f"drop constraint {self.name} of {table}",
                sql=f"ALTER TABLE {table.sql} DROP CONSTRAINT {quote_identifier(self.name)}",
                done=lambda now: now.constraint(table, self.name) is None,
                locks=tuple(map(TableLock, self._locked(table, state))),
            ),
        )

    def _locked(self, table: Name, state: State) -> tuple[Name, ...]:
        found, relation = state.constraint(table, self.name), state.relation(table)
        if found is None or found.target is None or (relation and found.target == relation.name):
            return (table,)
        return (table, found.target)
