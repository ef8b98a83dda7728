"""Columns of a table that give way to others, in phases, while old and new code both run."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, replace
from typing import TYPE_CHECKING

from midflight.operations.change_name import change_name
from midflight.operations.operation import OperationRefusedError, named
from midflight.operations.same_type import normal_type
from midflight.operations.state import Column
from midflight.operations.sync_triggers import Sync
from midflight.pg.identifiers import quote_identifier

if TYPE_CHECKING:
    from midflight.operations.state import Relation, State
    from midflight.operations.twin import Columns
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

    def twins(self, state: State) -> Columns:
        """Return which column takes over the indexes and constraints of which."""
        relation = state.relation(self.table_name)
        if not self.is_rename or relation is None:
            return {}
        return {relation.name: dict(zip(self.old, self.new, strict=True))}

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


def with_columns(change: ColumnChange, columns: tuple[str, ...], state: State) -> State:
    """Return the state with some columns of the change as they will be.

    Raises:
        OperationRefusedError: where nobody knows the type of one.
    """
    relation = state.relation(change.table_name)
    if relation is None:
        return state
    planned = {column: _planned(change, column, relation) for column in columns if column not in relation.columns}
    changed = replace(relation, columns={**relation.columns, **planned})
    return replace(state, relations={**state.relations, change.table_name: changed, relation.name: changed})


def type_text(change: ColumnChange, column: str, state: State) -> str:
    """Return the type of a column that is to be added, as SQL, with its collation.

    Raises:
        OperationRefusedError: where nobody knows it.
    """
    relation = state.relation(change.table_name)
    given = change.type_of(column)
    if given is not None:
        return given
    if relation is None:
        raise OperationRefusedError(
            f"{change.table}.{column}: its type is that of another column, which only the database knows"
            if not state.known
            else f"there is no table {change.table_name}",
            hint="a script cannot be written of it (--sql)" if not state.known else None,
        )
    like = _planned(change, column, relation)
    return f"{like.type} COLLATE {like.collation}" if like.collation else like.type


def _planned(change: ColumnChange, column: str, relation: Relation) -> Column:
    given = change.type_of(column)
    if given is not None:
        return Column(normal_type(given), not_null=False, default=None)
    other = _other_side(change, column)
    found = relation.columns.get(other) if other else None
    if found is None:
        raise OperationRefusedError(
            f"{change.table}.{column}: nobody knows its type",
            hint="say it as existing_type" if other is None else f"there is no column {other}",
        )
    return Column(found.type, not_null=False, default=None, collation=found.collation)


def _other_side(change: ColumnChange, column: str) -> str | None:
    """The column that a renamed one is like."""
    if not change.is_rename:
        return None
    return change.new[0] if column == change.old[0] else change.old[0]
