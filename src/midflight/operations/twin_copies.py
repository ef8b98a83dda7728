"""The indexes that a new column keeps, beside those of the old one, where a swap is taken back.

An index whose name has the column's in it has a namesake beside it (``ix_users_full_name``, ``ix_users_name``), and
stays. The name of any other goes back to the old column, and a key's constraint as well: of those a copy is built.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from midflight.operations.change_name import fitting
from midflight.operations.index_build import IndexBuild
from midflight.operations.twin import twins_of
from midflight.operations.twin_names import built_name
from midflight.pg.identifiers import quote_identifier
from midflight.sql.names import Name
from midflight.sql.renamed_columns import index_over

if TYPE_CHECKING:
    from collections.abc import Mapping

    from midflight.operations.state import Index, Relation, State
    from midflight.operations.twin import Columns, Twin

_INDEXES = frozenset({"index", "primary key", "unique"})


@dataclass(frozen=True, slots=True)
class Copy:
    """An index to be built over a new column, and renamed when the name is free."""

    build: IndexBuild
    built: str
    final: str

    def renamed(self, table: Name) -> str:
        """Return the statement that gives it its name."""
        return f"ALTER INDEX {Name(table.schema, self.built).sql} RENAME TO {quote_identifier(self.final)}"


def parts_nulls(index: Index) -> bool:
    """Tell whether any number of rows may hold NULL in its columns, so that it can be built before they are filled."""
    return not index.unique or (index.columns is not None and not index.partial and not index.nulls_not_distinct)


def reversed_(columns: Columns) -> Columns:
    """Return each new column with the old one."""
    return {table: {new: old for old, new in pairs.items()} for table, pairs in columns.items()}


def copies_kept(columns: Columns, relation: Relation, state: State) -> tuple[Copy, ...]:
    """Return what is to be built over the new columns of a table.

    Args:
        columns: each old column with the new one.
        relation: the table.
        state: before the swap is taken back.
    """
    own = columns[relation.name]
    return tuple(
        _copy(twin, relation, built_name(twin.final, own))
        for twin in twins_of(reversed_(columns), state)
        if twin.table == relation.name and twin.kind in _INDEXES and _is_kept(twin, own)
    )


def without_symmetric(columns: Columns, relation: Relation, state: State) -> State:
    """Return the state without the indexes that stay as they are."""
    own = columns[relation.name]
    stay = {twin.old for twin in twins_of(reversed_(columns), state) if _is_symmetric(twin, own)}
    indexes = {name: index for name, index in relation.indexes.items() if name not in stay}
    changed = replace(relation, indexes=indexes)
    return replace(
        state,
        relations={name: changed if found.name == relation.name else found for name, found in state.relations.items()},
    )


def _is_kept(twin: Twin, own: Mapping[str, str]) -> bool:
    return twin.like is not None and parts_nulls(twin.like) and not _is_symmetric(twin, own)


def _is_symmetric(twin: Twin, own: Mapping[str, str]) -> bool:
    has_namesake = twin.built == twin.final and built_name(twin.final, own) == twin.old
    return twin.kind == "index" and has_namesake and twin.like is not None and parts_nulls(twin.like)


def _copy(twin: Twin, relation: Relation, final: str) -> Copy:
    definition = index_over(relation.indexes[twin.old].shape, {})
    build = IndexBuild(twin.unique, definition, lambda found: index_over(found.shape, {}) == definition)
    return Copy(build, fitting(f"{twin.old}__copy"), final)
