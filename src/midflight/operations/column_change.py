"""Columns of a table that give way to others, in phases, while old and new code both run."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from midflight.operations.change_name import change_name
from midflight.operations.operation import named
from midflight.operations.sync_triggers import Sync
from midflight.pg.identifiers import quote_identifier

if TYPE_CHECKING:
    from midflight.operations.state import State
    from midflight.sql.names import Name


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """Which columns give way to which."""

    table: str
    forward: tuple[tuple[str, str], ...]
    """Each new column, and its value as SQL over the old ones."""
    back: tuple[tuple[str, str], ...]
    """Each old column, and its value as SQL over the new ones."""
    _: KW_ONLY
    schema: str | None = None
    types: tuple[tuple[str, str], ...] = ()
    """The types of columns, as SQL; one that is not here has that of the column it takes the place of."""
    is_rename: bool = False
    """Whether one column takes the place of another with all that it has: indexes, constraints, default, comment."""

    @property
    def table_name(self) -> Name:
        """Its table."""
        return named(self.table, self.schema)

    @property
    def old(self) -> tuple[str, ...]:
        """The columns that go."""
        return tuple(column for column, _ in self.back)

    @property
    def new(self) -> tuple[str, ...]:
        """The columns that come."""
        return tuple(column for column, _ in self.forward)

    def name(self, state: State) -> str:
        """Return the name of its backfill, which is that of the triggers, too."""
        relation = state.relation(self.table_name)
        return change_name(relation.name if relation else self.table_name, *self.old, *self.new)

    def sync(self, state: State) -> Sync:
        """Return what keeps both sides in step."""
        return Sync(self.name(state), self.table_name, self.forward, self.back)

    def type_of(self, column: str) -> str | None:
        """Return the type that was given for a column."""
        return dict(self.types).get(column)

    def has(self, columns: tuple[str, ...], state: State) -> bool:
        """Tell whether the table has all of some columns."""
        return all(state.column(self.table_name, column) is not None for column in columns)


def renamed(table: str, column: str, new_name: str, schema: str | None) -> ColumnChange:
    """Return the change that gives a column another name."""
    return ColumnChange(
        table,
        forward=((new_name, quote_identifier(column)),),
        back=((column, quote_identifier(new_name)),),
        schema=schema,
        is_rename=True,
    )
