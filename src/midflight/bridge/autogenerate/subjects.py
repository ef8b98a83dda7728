"""What a directive is about, so that the way back of each is found again when a script is divided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from alembic.operations import ops

from midflight.bridge.autogenerate.call import Call, Comment

if TYPE_CHECKING:
    from alembic.operations.ops import MigrateOperation

_ASPECTS = {
    "set_not_null": "not null",
    "drop_not_null": "not null",
    "set_default": "default",
    "drop_default": "default",
    "alter_column_type": "type",
    "comment_column": "comment",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """A table, or what belongs to one; a directive and its reverse have the same."""

    schema: str | None
    table: str
    aspect: str = "table"
    """Such as ``column``, ``index`` or ``not null``."""
    name: str | None = None

    @property
    def of_table(self) -> Subject:
        """The table itself."""
        return Subject(self.schema, self.table)


def subject_of(directive: MigrateOperation) -> Subject | None:  # noqa: PLR0911 - a table of kinds, one line each
    """Return what a directive is about; None for those that are not known, such as raw SQL or an extension's."""
    match directive:
        case ops.CreateTableOp() | ops.DropTableOp():
            return Subject(directive.schema, directive.table_name)
        case ops.CreateTableCommentOp() | ops.DropTableCommentOp():
            return Subject(directive.schema, directive.table_name, "table comment")
        case ops.AddColumnOp():
            return Subject(directive.schema, directive.table_name, "column", directive.column.name)
        case ops.DropColumnOp():
            return Subject(directive.schema, directive.table_name, "column", directive.column_name)
        case ops.AlterColumnOp():
            return Subject(directive.schema, directive.table_name, "alteration", directive.column_name)
        case ops.CreateIndexOp() | ops.DropIndexOp():
            return Subject(directive.schema, directive.table_name or "", "index", directive.index_name)
        case ops.CreateForeignKeyOp():
            return Subject(
                directive.kw.get("source_schema"), directive.source_table, "constraint", _text(directive.constraint_name)
            )
        case ops.CreateUniqueConstraintOp() | ops.CreateCheckConstraintOp() | ops.CreatePrimaryKeyOp():
            return Subject(directive.schema, directive.table_name, "constraint", _text(directive.constraint_name))
        case ops.DropConstraintOp():
            return Subject(directive.schema, directive.table_name, "constraint", _text(directive.constraint_name))
        case Call() if directive.function in _ASPECTS:
            table, column = directive.arguments[:2]
            return Subject(directive.keywords.get("schema"), table, _ASPECTS[directive.function], column)
        case Call(function="comment_table"):
            return Subject(directive.keywords.get("schema"), directive.arguments[0], "table comment")
        case Call(function="create_enum" | "drop_enum"):
            return Subject(directive.keywords.get("schema"), "", "enum", directive.arguments[0])
        case Call(function="add_enum_value"):
            type_, value = directive.arguments
            return Subject(directive.keywords.get("schema"), "", f"value of {type_}", value)
        case Comment() if directive.instead:
            return subject_of(directive.instead)
        case _:
            return None


def _text(name: object) -> str | None:
    return str(name) if isinstance(name, str) else None
