"""What autogenerate finds that old and new code have to live through together: renames, and changes of type.

Alembic sees no rename: it sees a drop and an addition. The models say what they mean by
``info={"midflight": {"renamed_from": "name"}}`` on a column or a table; when the old one is gone this says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from alembic.operations import ops

from midflight.bridge.autogenerate.alterations import is_plain
from midflight.bridge.autogenerate.call import Call
from midflight.bridge.autogenerate.mentions import Place, mentions, tables_of
from midflight.bridge.autogenerate.types import is_rewrite, losses_on_change

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from alembic.operations.ops import MigrateOperation
    from sqlalchemy import MetaData

INFO, RENAMED_FROM = "midflight", "renamed_from"
_DIRECT = (
    "it writes all rows of {table} anew: beside the traffic, in three phases; on a small table "
    "op.alter_column_type(...) does it at once, in one revision"
)
_LATER = "what else the models change of this column the next --autogenerate finds, when the contract is applied"


@dataclass(frozen=True, slots=True)
class PhasedChange:
    """A change that gets revisions of its own, and what it stands for."""

    call: Call
    title: str
    tables: frozenset[Place] = frozenset()
    """Tables all of whose directives it covers, and the foreign keys to them."""
    columns: frozenset[tuple[Place, str]] = field(default_factory=frozenset)
    """Columns all of whose directives it covers, with what is built on them and refers to them."""

    def covers(self, directive: MigrateOperation) -> bool:
        """Tell whether a directive, of either direction, is a part of it, or is to be looked at again after it.

        What else the models change of such a column the next autogenerate finds, when the contract is applied.
        """
        if any(place in self.tables for place in tables_of(directive)):
            return True
        return any(mentions(directive, place, column) for place, column in self.columns)


def phased_changes(directives: Sequence[MigrateOperation], models: Iterable[MetaData]) -> list[PhasedChange]:
    """Return the changes of an upgrade that are to have phases, from Alembic's own directives without containers."""
    return [*_renamed_tables(directives), *_renamed_columns(directives), *_changed_types(directives, models)]


def without_info(directive: MigrateOperation) -> None:
    """Leave what the models say to us out of the revision, where Alembic would write it."""
    if isinstance(directive, ops.CreateTableOp):
        directive.info = {key: value for key, value in directive.info.items() if key != INFO}


def _renamed_tables(directives: Sequence[MigrateOperation]) -> Iterator[PhasedChange]:
    dropped = {(one.schema, one.table_name) for one in directives if isinstance(one, ops.DropTableOp)}
    for one in directives:
        old = _renamed_from(one.info) if isinstance(one, ops.CreateTableOp) else None
        if isinstance(one, ops.CreateTableOp) and old and (one.schema, old) in dropped:
            call = Call("rename_table", (old, one.table_name), {"schema": one.schema})
            places = frozenset({(one.schema, old), (one.schema, str(one.table_name))})
            yield PhasedChange(call, f"rename {old} to {one.table_name}", tables=places)


def _renamed_columns(directives: Sequence[MigrateOperation]) -> Iterator[PhasedChange]:
    dropped = {
        ((one.schema, one.table_name), one.column_name) for one in directives if isinstance(one, ops.DropColumnOp)
    }
    for one in directives:
        old = _renamed_from(one.column.info) if isinstance(one, ops.AddColumnOp) else None
        if isinstance(one, ops.AddColumnOp) and old and ((place := (one.schema, one.table_name)), old) in dropped:
            call = Call("rename_column", (one.table_name, old, one.column.name), {"schema": one.schema})
            columns = frozenset({(place, old), (place, str(one.column.name))})
            yield PhasedChange(call, f"rename {one.table_name}.{old} to {one.column.name}", columns=columns)


def _renamed_from(info: Mapping[Any, Any]) -> str | None:
    said = info.get(INFO)
    return said.get(RENAMED_FROM) if isinstance(said, dict) else None


def _changed_types(directives: Sequence[MigrateOperation], models: Iterable[MetaData]) -> Iterator[PhasedChange]:
    """The columns whose foreign keys refer to a changed one change with it."""
    altered = (one for one in directives if isinstance(one, ops.AlterColumnOp))
    changed = {((one.schema, one.table_name), one.column_name): one for one in altered if _rewrites(one)}
    targets = _targets(models)
    roots = {column: _root(column, targets, set(changed)) for column in changed}
    for column, one in changed.items():
        if roots[column] == column:
            together = frozenset(other for other, root in roots.items() if root == column)
            yield PhasedChange(_change_type(one), f"type of {one.table_name}.{one.column_name}", columns=together)


def _rewrites(directive: ops.AlterColumnOp) -> bool:
    new = directive.modify_type
    return new is not None and is_plain(directive) and is_rewrite(directive.existing_type, new)


def _targets(models: Iterable[MetaData]) -> dict[tuple[Place, str], tuple[Place, str]]:
    """Return to which column each refers."""
    tables = [table for metadata in models for table in metadata.tables.values()]
    columns = [column for table in tables for column in table.columns if column.foreign_keys]
    return {
        ((column.table.schema, column.table.name), column.name): (
            (target.table.schema, target.table.name),
            target.name,
        )
        for column in columns
        for target in [next(iter(column.foreign_keys)).column]
    }


def _root(
    column: tuple[Place, str], targets: Mapping[tuple[Place, str], tuple[Place, str]], changed: set[tuple[Place, str]]
) -> tuple[Place, str]:
    """Follow the foreign keys as long as what they refer to is changed, too."""
    seen = {column}
    while (target := targets.get(column)) in changed and target is not None and target not in seen:
        column = target
        seen.add(column)
    return column


def _changes_more(directive: ops.AlterColumnOp) -> bool:
    rest = (directive.modify_server_default, directive.modify_comment)
    return directive.modify_nullable is not None or any(one is not False for one in rest)


def _change_type(directive: Any) -> Call:  # noqa: ANN401 - an AlterColumnOp whose new type is there
    table, column = directive.table_name, directive.column_name
    notes = (
        *losses_on_change(table, column, directive.existing_type, directive.modify_type),
        _DIRECT.format(table=table),
        *([_LATER] if _changes_more(directive) else []),
    )
    keywords = {
        "existing_type": directive.existing_type,
        "using": directive.kw.get("postgresql_using"),
        "schema": directive.schema,
    }
    return Call("change_type", (table, column, directive.modify_type), keywords, notes)
