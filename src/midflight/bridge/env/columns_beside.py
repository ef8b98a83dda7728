"""What a change of type has built beside a column is no part of the models, and soon takes the column's place."""

from __future__ import annotations

from typing import Any

from midflight.operations.twin_names import temporary_name


def is_beside(thing: Any) -> bool:  # noqa: ANN401 - a column, an index or a constraint of SQLAlchemy's, or a table
    """Tell whether it is a column that is to take another one's place, or uses one."""
    table = getattr(thing, "table", None)
    if table is None:
        return False
    beside = {temporary_name(column.name) for column in table.columns}
    used = getattr(thing, "columns", None)
    return thing.name in beside if used is None else any(column.name in beside for column in used)
