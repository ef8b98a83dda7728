"""Stock directives of one direction become safe ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from alembic.operations import ops

from midflight.bridge.autogenerate.alterations import safe_alterations
from midflight.bridge.autogenerate.call import Call, Comment, Nothing
from midflight.bridge.autogenerate.names import name_constraint
from midflight.bridge.autogenerate.phased import without_info
from midflight.bridge.autogenerate.subjects import subject_of
from midflight.bridge.autogenerate.types import notes_on_change

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from alembic.operations.ops import MigrateOperation

    from midflight.bridge.autogenerate.subjects import Subject

_PARTS = (ops.DropIndexOp, ops.DropConstraintOp)


def safe_directives(directives: Iterable[MigrateOperation]) -> list[MigrateOperation]:
    """Return safe operations for stock ones, without their containers; what is already safe stays Alembic's own."""
    flat = list(flattened(directives))
    dropped = {subject_of(directive) for directive in flat if isinstance(directive, ops.DropTableOp)}
    return [safe for directive in flat if not _goes_with_table(directive, dropped) for safe in _safe(directive)]


def with_notes(directives: Iterable[MigrateOperation]) -> list[MigrateOperation]:
    """Put a line of comment before what loses rows or values, and before what writes a table anew."""
    noted = [item for directive in directives for item in (*map(Comment, _notes(directive)), directive)]
    return [*noted, Nothing()] if noted and all(isinstance(item, Comment) for item in noted) else noted


def flattened(directives: Iterable[MigrateOperation]) -> Iterator[MigrateOperation]:
    """Return directives without the containers in which Alembic groups those of a table."""
    for directive in directives:
        if isinstance(directive, ops.OpContainer):
            yield from flattened(directive.ops)
        else:
            yield directive


def _goes_with_table(directive: MigrateOperation, dropped: set[Subject | None]) -> bool:
    """Tell whether it drops a part of a table that is dropped as a whole."""
    subject = subject_of(directive)
    return isinstance(directive, _PARTS) and subject is not None and subject.of_table in dropped


def _safe(directive: MigrateOperation) -> list[MigrateOperation]:
    name_constraint(directive)
    without_info(directive)
    match directive:
        case ops.AlterColumnOp():
            return _typed(directive)
        case ops.CreateTableCommentOp():
            return [Call("comment_table", (directive.table_name, directive.comment), {"schema": directive.schema})]
        case ops.DropTableCommentOp():
            return [Call("comment_table", (directive.table_name, None), {"schema": directive.schema})]
        case _:
            return [directive]


def _typed(directive: ops.AlterColumnOp) -> list[MigrateOperation]:
    """Keep the old type with the change, from which its notes are told."""
    alterations = safe_alterations(directive)
    for alteration in alterations:
        if isinstance(alteration, Call) and alteration.function == "alter_column_type":
            alteration.notes = tuple(
                notes_on_change(
                    directive.table_name, directive.column_name, directive.existing_type, alteration.arguments[2]
                )
            )
    return alterations


def _notes(directive: MigrateOperation) -> tuple[str, ...]:
    match directive:
        case ops.DropTableOp():
            return (f"lossy: the rows of {directive.table_name} are gone for good",)
        case ops.DropColumnOp():
            return (f"lossy: the values of {directive.table_name}.{directive.column_name} are gone for good",)
        case Call():
            return directive.notes
        case _:
            return ()
