"""What a directive is about, so that the way back of each is found again when a script is divided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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
_KINDS: dict[type[MigrateOperation], tuple[str, str | None]] = {
    ops.CreateTableOp: ("table", None),
    ops.DropTableOp: ("table", None),
    ops.CreateTableCommentOp: ("table comment", None),
    ops.DropTableCommentOp: ("table comment", None),
    ops.DropColumnOp: ("column", "column_name"),
    ops.AlterColumnOp: ("alteration", "column_name"),
    ops.CreateIndexOp: ("index", "index_name"),
    ops.DropIndexOp: ("index", "index_name"),
    ops.CreateUniqueConstraintOp: ("constraint", "constraint_name"),
    ops.CreateCheckConstraintOp: ("constraint", "constraint_name"),
    ops.CreatePrimaryKeyOp: ("constraint", "constraint_name"),
    ops.DropConstraintOp: ("constraint", "constraint_name"),
}
"""The aspect of each of Alembic's directives that has ``schema`` and ``table_name``, and which attribute names it."""


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


def subject_of(directive: MigrateOperation) -> Subject | None:
    """Return what a directive is about; None for those that are not known, such as raw SQL or an extension's."""
    match directive:
        case Call():
            return _of_call(directive)
        case Comment() if directive.instead:
            return _of_call(directive.instead)
        case ops.AddColumnOp():
            return Subject(directive.schema, directive.table_name, "column", directive.column.name)
        case ops.CreateForeignKeyOp():
            name = _text(directive.constraint_name)
            return Subject(directive.kw.get("source_schema"), directive.source_table, "constraint", name)
        case _:
            return _of_stock(directive)


def _of_stock(directive: Any) -> Subject | None:  # noqa: ANN401 - of any of the kinds
    if type(directive) not in _KINDS:
        return None
    aspect, attribute = _KINDS[type(directive)]
    name = _text(getattr(directive, attribute)) if attribute else None
    return Subject(directive.schema, directive.table_name or "", aspect, name)


def _of_call(call: Call) -> Subject | None:
    schema = call.keywords.get("schema")
    match call.function:
        case "create_enum" | "drop_enum":
            return Subject(schema, "", "enum", call.arguments[0])
        case "add_enum_value":
            return Subject(schema, "", f"value of {call.arguments[0]}", call.arguments[1])
        case "comment_table":
            return Subject(schema, call.arguments[0], "table comment")
        case function if function in _ASPECTS:
            return Subject(schema, call.arguments[0], _ASPECTS[function], call.arguments[1])
        case _:
            return None


def _text(name: object) -> str | None:
    return str(name) if isinstance(name, str) else None
