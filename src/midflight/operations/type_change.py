"""A change of a column's type beside the traffic: which columns it concerns, and how their values are made."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from midflight import sql
from midflight.operations.change_name import change_name
from midflight.operations.ledger import LAST_TABLE
from midflight.operations.operation import SMALL_TABLE_ROWS, Asked, OperationRefusedError, named
from midflight.operations.same_type import is_same_type, normal_type
from midflight.operations.twin_names import temporary_name
from midflight.pg.identifiers import quote_identifier
from midflight.sql.changes import AlterColumnType
from midflight.sql.renamed_columns import expression_over
from midflight.sql.type_changes import name_of

if TYPE_CHECKING:
    from midflight.operations.state import State
    from midflight.operations.twin import Columns
    from midflight.sql.names import Name

INTEGERS = frozenset({"smallint", "integer", "bigint"})


@dataclass(frozen=True, slots=True)
class TypeChange:
    """What all phases are told."""

    table: str
    column: str
    type: str
    """As SQL, such as ``bigint``."""
    _: KW_ONLY
    schema: str | None = None
    existing: str | None = None
    """The type until now, as SQL, for the way back from the contract."""
    using: str | None = None
    """How a new value is made of an old one, as SQL over the column; None for what an assignment does."""
    back: str | None = None
    """The same the other way round."""
    row_limit: int = SMALL_TABLE_ROWS
    """Up to how many rows a table is written anew on the way back from the contract, while all queries on it wait."""

    @property
    def table_name(self) -> Name:
        """Its table."""
        return named(self.table, self.schema)

    @property
    def asks(self) -> Asked:
        """Its table, with all that refer to it; and the ledger."""
        return Asked(relations=(self.table_name, LAST_TABLE))

    def __str__(self) -> str:
        return f"{self.table}.{self.column} to {self.type}"


def concerned(change: TypeChange, state: State) -> Columns:
    """Return the column, and those of all tables whose foreign keys lead to it, each with what takes its place.

    Raises:
        OperationRefusedError: offline, or where there is no such column.
    """
    if not state.known:
        raise OperationRefusedError(
            f"{change}: no script can be written, since what hangs on the column is told by the catalog alone",
            hint="apply the revision with midflight upgrade, or with alembic upgrade",
        )
    root = state.relation(change.table_name)
    if root is None or change.column not in root.columns:
        raise OperationRefusedError(f"{change}: there is no column {change.column} of {change.table}")
    found: dict[Name, dict[str, str]] = {root.name: {change.column: temporary_name(change.column)}}
    while added := _referring(found, root.columns[change.column].type, change, state):
        for table, column in added:
            found.setdefault(table, {})[column] = temporary_name(column)
    return found


def _referring(found: Columns, type_: str, change: TypeChange, state: State) -> list[tuple[Name, str]]:
    """The columns that refer to one of those found, and are not among them."""
    return [
        (relation.name, column)
        for relation in {relation.name: relation for relation in state.relations.values()}.values()
        for key in relation.constraints.values()
        if key.kind == "foreign key" and key.target is not None and not key.inherited
        for column, there in zip(key.columns, key.target_columns, strict=True)
        if there in found.get(key.target, {})
        and column not in found.get(relation.name, {})
        and _must_change(relation.columns[column].type, type_, change)
    ]


def _must_change(type_: str, of_root: str, change: TypeChange) -> bool:
    """A referring column of another integer type may stay; so may one that has the new type already."""
    if name_of(type_) == name_of(of_root):
        return True
    if is_same_type(type_, change.type):
        return False
    return not {type_, normal_type(change.type)} <= INTEGERS


def is_expanded(change: TypeChange, state: State) -> bool:
    """Tell whether the column stands beside the one that is to take its place."""
    return state.column(change.table_name, temporary_name(change.column)) is not None


def must_be_expanded(change: TypeChange, columns: Columns, state: State) -> None:
    """Refuse where a column has none beside it.

    Raises:
        OperationRefusedError: with all that have none.
    """
    pairs = [(table, old, new) for table, pairs in columns.items() for old, new in pairs.items()]
    missing = [f"{table}.{old}" for table, old, new in pairs if state.column(table, new) is None]
    if missing:
        raise OperationRefusedError(
            f"{change}: no column of the new type stands beside {', '.join(missing)}",
            hint='a revision before this one calls op.change_type(..., phase="expand"); where a foreign key has come '
            "since, take that revision back and apply it again",
        )


def has_new_type(change: TypeChange, state: State) -> bool:
    """Tell whether the column has the new type, and nothing stands beside it."""
    found = state.column(change.table_name, change.column)
    if found is None or is_expanded(change, state):
        return False
    return is_same_type(found.type, change.type) and _collation(change) in {None, _bare(found.collation)}


def _collation(change: TypeChange) -> str | None:
    """The collation that the new type names."""
    altered = sql.parse(f"ALTER TABLE t ALTER COLUMN c TYPE {change.type}").changes
    names = [one.collation for one in altered if isinstance(one, AlterColumnType)]
    return _bare(names[0]) if names else None


def _bare(name: str | None) -> str | None:
    """Leave out the schema and the quotes."""
    return None if name is None else name.rpartition(".")[2].replace('"', "")


def forward(change: TypeChange, column: str) -> str:
    """Return how the new value is made, over a column that may be that of a referring table.

    Raises:
        UnreadableDefinitionError: where ``using`` cannot be read.
    """
    return _over(change.using, change, column)


def backward(change: TypeChange, column: str) -> str:
    """Return how the old value is made of the new one.

    Raises:
        UnreadableDefinitionError: where ``back`` cannot be read.
    """
    return _over(change.back, change, column)


def _over(expression: str | None, change: TypeChange, column: str) -> str:
    if expression is None:
        return quote_identifier(column)
    return expression_over(expression, {change.column: column})


def work_name(table: Name, columns: Columns) -> str:
    """Name what fills and keeps the new columns of one table."""
    old, new = next(iter(columns[table].items()))
    return change_name(table, old, new)
