"""Which tables and columns a directive is about, with all that hangs on them."""

from __future__ import annotations

import re
from typing import Any

from alembic.operations import ops
from sqlalchemy.schema import SchemaItem

Place = tuple[str | None, str]
"""A table, with its schema."""


def tables_of(directive: Any) -> tuple[Place, ...]:  # noqa: ANN401 - of any of Alembic's kinds
    """Return the tables that a directive is about; those at both ends of a foreign key."""
    made = _made(directive)
    if isinstance(made, ops.CreateForeignKeyOp):
        source = (made.kw.get("source_schema"), made.source_table)
        return (source, (made.kw.get("referent_schema"), made.referent_table))
    return ((getattr(made, "schema", None), getattr(made, "table_name", None) or ""),)


def mentions(directive: Any, place: Place, column: str) -> bool:  # noqa: ANN401 - of any of Alembic's kinds
    """Tell whether a directive is about a column, or about an index, a constraint or a foreign key over it."""
    made = _made(directive)
    match made:
        case ops.CreateForeignKeyOp():
            source, target = tables_of(made)
            return (source == place and column in made.local_cols) or (target == place and column in made.remote_cols)
        case ops.AddColumnOp():
            return tables_of(made) == (place,) and made.column.name == column
        case ops.DropColumnOp() | ops.AlterColumnOp():
            return tables_of(made) == (place,) and made.column_name == column
        case ops.CreateIndexOp() | ops.CreateUniqueConstraintOp():
            return tables_of(made) == (place,) and any(_names(part, column) for part in made.columns)
        case _:
            return False


def _made(directive: Any) -> Any:  # noqa: ANN401 - of any of Alembic's kinds
    """What a drop drops: Alembic keeps it with the drop, for the way back."""
    if isinstance(directive, ops.DropIndexOp | ops.DropConstraintOp):
        return directive._reverse or directive  # noqa: SLF001 - it is nowhere else
    return directive


def _names(part: Any, column: str) -> bool:  # noqa: ANN401 - a name or an expression
    """Tell whether a part of an index is a column, or an expression that uses it."""
    text = part.name if isinstance(part, SchemaItem) and hasattr(part, "name") else str(part)
    return text == column or re.search(rf"(?<![\w\"]){re.escape(column)}(?!\w)", str(text)) is not None
