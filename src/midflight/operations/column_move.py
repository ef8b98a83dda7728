"""A column that goes to another table: both ends, and how a row finds its partner."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, replace
from typing import TYPE_CHECKING

from midflight.operations.change_name import change_name
from midflight.operations.distinct import distinct
from midflight.operations.operation import named
from midflight.operations.same_default import functions_of
from midflight.pg.identifiers import quote_identifier

if TYPE_CHECKING:
    from midflight.operations.state import Column, State
    from midflight.sql.names import Name


@dataclass(frozen=True, slots=True)
class End:
    """The column at one of its tables."""

    table: Name
    column: str
    keys: tuple[str, ...]
    """By which a row here finds its partner: as many as at the other end, in the same order."""

    def sql(self, state: State) -> str:
        """Return the table, with its schema where that is known."""
        found = state.relation(self.table)
        return (found.name if found else self.table).sql

    def found(self, state: State) -> Column | None:
        """Return the column as it is there."""
        return state.column(self.table, self.column)

    def differs(self, left: str, right: str, state: State) -> str:
        """Return a condition: two values of the column differ."""
        return distinct(left, right, self.found(state))

    def keys_differ(self, state: State) -> str:
        """Return the condition of a trigger: the row gets another partner."""
        pairs = ((f"new.{quote_identifier(key)}", f"old.{quote_identifier(key)}", key) for key in self.keys)
        return " OR ".join(distinct(new, old, state.column(self.table, key)) for new, old, key in pairs)

    def not_given(self, value: str, state: State) -> str:
        """Return a condition: nobody has given this value; what a constant default says counts as not given."""
        found = self.found(state)
        missing = f"{value} IS NULL"
        if found is None or found.default is None or functions_of(found.default):
            return missing
        return f"({missing} OR NOT ({self.differs(value, found.default, state)}))"

    def planned(self, column: Column | None, state: State) -> State:
        """Return the state in which the column is there."""
        relation = state.relation(self.table)
        if relation is None or column is None or self.found(state) is not None:
            return state
        relation = replace(relation, columns={**relation.columns, self.column: column})
        return replace(state, relations={**state.relations, self.table: relation, relation.name: relation})

    def is_unique(self, state: State) -> bool:
        """Tell whether no two rows here have the same partner."""
        found = state.relation(self.table)
        indexes = found.indexes.values() if found else ()
        return any(
            index.unique
            and index.valid
            and not index.partial
            and index.columns
            and set(index.columns) <= set(self.keys)
            for index in indexes
        )


@dataclass(frozen=True, slots=True)
class ColumnMove:
    """Which column goes where."""

    table: str
    column: str
    to_table: str
    to_column: str
    on: tuple[tuple[str, str], ...]
    """Pairs of a column of the new table and one of the old, by which their rows belong together."""
    _: KW_ONLY
    schema: str | None = None
    to_schema: str | None = None

    @property
    def name(self) -> str:
        """The name of its backfill, which is that of its triggers, too."""
        end = () if self.to_column == self.column else (self.to_column,)
        return change_name(self.source.table, self.column, self.to_table, *end)

    @property
    def source(self) -> End:
        """Where old code has it."""
        return End(named(self.table, self.schema), self.column, tuple(source for _, source in self.on))

    @property
    def target(self) -> End:
        """Where new code has it."""
        return End(named(self.to_table, self.to_schema), self.to_column, tuple(target for target, _ in self.on))
